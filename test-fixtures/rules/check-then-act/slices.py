# settings: profile=library
"""A slice that finds less than it names takes what there is."""


class Calls:
    """Safe to be used by several threads."""

    def __init__(self):
        self._calls = []

    def put(self, call):
        self._calls.append(call)

    def forget(self, count):
        if self._calls:
            del self._calls[:count]  # ok: check-then-act

    def clear(self):
        if self._calls:
            del self._calls[:]  # ok: check-then-act

    def drop(self):
        if self._calls:
            del self._calls[0]  # expect: check-then-act "the entry may be gone"
