# settings: profile=library
"""A subclass that puts `None` in the place of the lock of its base: its objects belong to one."""
import threading


class Row:
    pass


class Table:
    def __init__(self):
        self._lock = threading.Lock()
        self.rows = {}

    def row(self, key):
        with self._lock:
            if key not in self.rows:
                self.rows[key] = Row()
            return self.rows[key]

    def again(self, key):
        if key not in self.rows:
            self.rows[key] = Row()  # expect: lazy-init-race
        return self.rows[key]


class Draft(Table):
    def __init__(self):
        super().__init__()
        self._lock = None

    def line(self, key):
        if key not in self.rows:
            self.rows[key] = Row()  # ok: lazy-init-race
        return self.rows[key]


class Fair(Table):
    def line(self, key):
        if key not in self.rows:
            self.rows[key] = Row()  # expect: lazy-init-race
        return self.rows[key]
