"""The method that takes the lock again is in a base class, or is overridden so that it does not."""
import threading


class Store:
    def __init__(self):
        self._lock = threading.Lock()
        self._entries = {}

    def get(self, key):
        with self._lock:
            return self._entries.get(key)

    def put(self, key, value):
        with self._lock:
            self._entries[key] = value


class Counting(Store):
    def bump(self, key):
        with self._lock:
            self._entries[key] = self.get(key) + 1  # expect: self-deadlock "self._lock"

    def put(self, key, value):
        with self._lock:
            super().put(key, value)  # expect: self-deadlock "self._lock"


class Plain(Store):
    def get(self, key):
        return self._entries.get(key)

    def bump(self, key):
        with self._lock:
            self._entries[key] = self.get(key) + 1  # ok: self-deadlock
