# settings: profile=library
"""What a class holds has `__set__`: each object keeps its own, also behind a second name."""


class Kept:
    def __set__(self, one, value):
        vars(one)["_next"] = value

    def __get__(self, one, owner=None):
        return vars(one)["_next"]


class Graph:
    _next = Kept()
    _after = _next

    def __init__(self):
        self._next = {}

    def add(self, node):
        self._after[node] = {}

    def drop(self, node):
        if node in self._after:
            del self._after[node]  # ok: check-then-act
