# settings: profile=library
"""Helpers whose only caller without the lock is told to go."""
import threading
import warnings


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self._entries = 0
        self._sums = {}

    def enter(self, name, amount):
        with self._lock:
            self._add(name, amount)

    def clear(self):
        with self._lock:
            self._entries = 0
            self._sums = {}

    def add_entry(self, name, amount):
        """Deprecated, use :meth:`enter`."""
        warnings.warn("use enter", DeprecationWarning)
        self._add(name, amount)

    def _add(self, name, amount):
        self._entries += amount  # ok: inconsistent-lock
        self._sums[name] = self._sums.get(name, 0) + amount  # ok: nonatomic-update


class Journal:
    def __init__(self):
        self._lock = threading.Lock()
        self._entries = 0

    def enter(self, amount):
        with self._lock:
            self._add(amount)

    def clear(self):
        with self._lock:
            self._entries = 0

    def add_entry(self, amount):
        """Warns that `enter` is not deprecated."""
        self._add(amount)

    def _add(self, amount):
        self._entries += amount  # expect: inconsistent-lock
