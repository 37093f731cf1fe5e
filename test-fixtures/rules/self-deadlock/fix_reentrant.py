"""A lock that its holder can take again."""
import threading


class Box:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0

    def count(self):
        with self._lock:
            return self._count

    def bump(self):
        with self._lock:
            self._count = self.count() + 1  # expect: self-deadlock
