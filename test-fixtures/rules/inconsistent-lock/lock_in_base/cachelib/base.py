"""The lock and the field live here."""
import threading


class Base:
    def __init__(self):
        self._lock = threading.RLock()
        self._store = {}

    def put(self, key, value):
        with self._lock:
            self._store[key] = value

    def get(self, key):
        with self._lock:
            return self._store[key]
