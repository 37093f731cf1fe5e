# settings: target=both
"""Kept apart, under a lock, or meant for all."""
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

_own = threading.local()
_lock = threading.Lock()
_current = None


@contextmanager
def using(database):
    _own.database = database  # ok: call-state-shared
    try:
        yield
    finally:
        _own.database = None


@contextmanager
def alone(database):
    global _current
    with _lock:
        _current = database  # ok: call-state-shared
        try:
            yield
        finally:
            _current = None


class Letter:
    """One for each task."""

    def __init__(self):
        self.address = None

    def send(self, address):
        self.address = address  # ok: call-state-shared
        return self.head()

    def head(self):
        return f"to {self.address}"


class Status:
    def __init__(self):
        self.last = None

    def note(self, text):
        self.last = text  # ok: call-state-shared

    def line(self):
        return self.last


def work(name, status):
    with using(name), alone(name):
        status.note(name)
        return Letter().send(name)


def run(names):
    status = Status()
    with ThreadPoolExecutor(4) as pool:
        for name in names:
            pool.submit(work, name, status)
            pool.submit(status.note, name)
    return status.line()
