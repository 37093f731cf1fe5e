"""A lock that its holder takes again, at the end of a longer way."""
import logging
import threading


class Tower:
    def __init__(self):
        self._lock = threading.Lock()
        self._radar = Radar(self)

    def clear(self, plane):
        with self._lock:
            self._radar.drop(plane)  # expect: self-deadlock "(through `Tower.report`)"

    def report(self, plane):
        with self._lock:
            print(plane)


class Radar:
    def __init__(self, tower: Tower):
        self._tower = tower

    def drop(self, plane):
        self._tower.report(plane)


class Audit(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()
        self.lines = []

    def emit(self, record):
        with self.lock:  # expect: self-deadlock "`logging` holds it around `emit`"
            self.lines.append(record)


_lock = threading.Lock()


def each(action, items):
    with _lock:
        for item in items:
            action(item)  # expect: self-deadlock


def show(item):
    with _lock:
        print(item)


each(show, [1, 2])


class Shelf:
    def __init__(self):
        self._lock = threading.Lock()
        self._books = {}

    def _guard(self):
        return self._lock

    def find(self, name):
        with self._guard():
            return self._books.get(name)

    def lend(self, name):
        with self._lock:
            book = self.find(name)  # expect: self-deadlock
        return book

    def other(self, shelf: "Shelf", name):
        with self._lock:
            pass
        return shelf.find(name)  # ok: self-deadlock
