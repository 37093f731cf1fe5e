"""Reads that need the lock, because they look twice or step through, and one that does not."""
import threading


class Samples:
    def __init__(self):
        self._lock = threading.Lock()
        self._values = []
        self._last = 0.0

    def add(self, value):
        with self._lock:
            self._values.append(value)
            self._last = value

    def extend(self, values):
        with self._lock:
            self._values.extend(values)
            self._last = values[-1]

    def swap(self, values):
        with self._lock:
            self._values = list(values)

    def count(self):
        with self._lock:
            return len(self._values)

    def first(self):
        with self._lock:
            return self._values[0]

    def squares(self):
        return [value * value for value in self._values]  # expect: inconsistent-lock "self._values"

    def newest_share(self):
        return self._values[-1] / len(self._values)  # expect: inconsistent-lock "self._values"

    def last(self):
        return self._last  # ok: inconsistent-lock
