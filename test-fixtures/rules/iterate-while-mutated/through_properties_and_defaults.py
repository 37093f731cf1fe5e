# settings: profile=library
"""Containers reached through a property of another object, a default argument, or a class attribute through `self`."""
import os
import threading


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    @property
    def rows(self):
        return self._rows

    def add(self, name, row):
        with self._lock:
            self._rows[name] = row


class Clerk:
    def __init__(self):
        self._ledger = Ledger()

    def report(self):
        return {name: row.total() for name, row in self._ledger.rows.items()}  # expect: iterate-while-mutated


class Shelf:
    books = {}

    def put(self, title, text):
        self.books[title] = text

    def listing(self, start):
        return [title for title in self.books if title.startswith(start)]  # expect: iterate-while-mutated


class Audit:
    pid = 0


class Till:
    """That another object notes its process says nothing of this one."""

    def __init__(self, audit):
        self._audit = audit
        self._sums = {}
        threading.Thread(target=self._sync).start()

    def add(self, key):
        self._sums[key] = 1

    def _sync(self):
        self._audit.pid = os.getpid()
        for key in self._sums:  # expect: iterate-while-mutated
            print(key)
