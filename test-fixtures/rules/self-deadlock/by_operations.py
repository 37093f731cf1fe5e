"""A method that an operation calls takes the lock that is held around the operation."""
import threading


class Table:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    def __getitem__(self, name):
        with self._lock:
            return self._rows[name]

    def __setitem__(self, name, row):
        with self._lock:
            self._rows[name] = row

    def rename(self, old, new):
        with self._lock:
            row = self[old]  # expect: self-deadlock
            self._rows[new] = row

    def copy(self, old, new):
        with self._lock:
            row = self._rows[old]
        self[new] = row  # ok: self-deadlock


class Shop:
    def __init__(self):
        self.table = Table()
        self._lock = threading.Lock()

    def price(self, name):
        with self._lock:
            return self.table[name]  # ok: self-deadlock
