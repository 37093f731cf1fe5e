# settings: profile=library
"""Generators inside the objects of a library."""
import threading


class RoundRobin:
    def __init__(self, servers):
        self._servers = servers
        self._turn = self._turns()

    def _turns(self):
        while True:
            yield from self._servers

    def next(self):
        return next(self._turn)  # expect: shared-iterator "Two callers of `RoundRobin.next`"


class Locked:
    def __init__(self, servers):
        self._lock = threading.Lock()
        self._turn = iter(servers)
        self._made = (server for server in servers)

    def next(self):
        with self._lock:
            return next(self._made)  # ok: shared-iterator


class Reader:
    """An iterator itself: one thread at a time, as with any."""

    def __init__(self, rows):
        self._rows = (row for row in rows)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._rows)  # ok: shared-iterator
