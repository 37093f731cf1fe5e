"""Counts by host. The lock belongs to everything below `_lock`, and one method forgot it."""
import threading
from urllib.parse import urlsplit


class Statistics:
    def __init__(self):
        self._lock = threading.Lock()
        self._bytes = {}
        self._pages = {}

    def record(self, url, size):
        host = urlsplit(url).hostname
        with self._lock:
            self._bytes[host] = self._bytes.get(host, 0) + size
            self._pages[host] = self._pages.get(host, 0) + 1

    def total(self):
        with self._lock:
            return sum(self._bytes.values())

    def reset(self):
        self._bytes.clear()
        self._pages.clear()

    def summary(self):
        with self._lock:
            return f"{self.total()} bytes from {len(self._pages)} hosts"

    def pages_of(self, host):
        with self._lock:
            return self._pages.get(host, 0)
