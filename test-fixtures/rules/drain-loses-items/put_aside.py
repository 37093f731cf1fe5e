# settings: profile=library
"""Rows that are put aside as they are, and come back with all that was added."""
import threading


class Sheet:
    def __init__(self):
        self._lock = threading.Lock()
        self.rows = {}
        self.kept = []

    def write(self, number, row):
        with self._lock:
            self.rows[number] = row

    def new_page(self):
        self.kept.append(self.rows)
        self.rows = {}  # ok: drain-loses-items

    def old_page(self):
        self.rows = self.kept.pop()


class Copied(Sheet):
    """A copy lacks what comes in behind it."""

    def __init__(self):
        self._lock = threading.Lock()
        self.cells = {}
        self.kept = []

    def put(self, number, cell):
        with self._lock:
            self.cells[number] = cell

    def new_page(self):
        self.kept.append(dict(self.cells))
        self.cells = {}  # expect: drain-loses-items

    def old_page(self):
        self.cells = self.kept.pop()


class Printed:
    """Nobody brings back what was put aside."""

    def __init__(self):
        self._lock = threading.Lock()
        self.lines = []
        self.pages = []

    def write(self, line):
        with self._lock:
            self.lines.append(line)

    def turn(self):
        self.pages.append(self.lines)
        self.lines = []  # expect: drain-loses-items
