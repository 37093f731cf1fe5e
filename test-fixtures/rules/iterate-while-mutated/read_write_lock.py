# settings: profile=library
"""A lock with two sides, written by hand: readers are counted, and who writes waits until there are none."""
import threading
from contextlib import contextmanager


class ManyOrOneLock:
    def __init__(self):
        self._free = threading.Condition(threading.Lock())
        self._inside = 0

    @contextmanager
    def reading(self):
        with self._free:
            self._inside += 1
        try:
            yield self
        finally:
            with self._free:
                self._inside -= 1
                if self._inside == 0:
                    self._free.notify_all()

    @contextmanager
    def changing(self):
        with self._free:
            while self._inside > 0:
                self._free.wait()
            yield self


class Rates:
    """A thread-safe table of rates."""

    def __init__(self):
        self._lock = ManyOrOneLock()
        self._rates = {}

    def known(self):
        with self._lock.reading():
            return [name for name in self._rates]  # ok: iterate-while-mutated

    def put(self, name, rate):
        with self._lock.changing():
            self._rates[name] = rate

    def drop(self, name):
        with self._lock.changing():
            del self._rates[name]


class OpenRates:
    """A thread-safe table of rates, which it is not."""

    def __init__(self):
        self._door = ManyOrOneLock()
        self._rates = {}

    def known(self):
        return [name for name in self._rates]  # expect: iterate-while-mutated

    def put(self, name, rate):
        with self._door.changing():
            self._rates[name] = rate
