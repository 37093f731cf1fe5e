# settings: profile=library
"""`Cache[str]()` makes a `Cache`."""

from enum import Enum
from typing import Generic, TypeVar

V = TypeVar("V")


class CallbackCache(dict[str, V]):
    def __init__(self):
        super().__init__()
        self._keys = {}

    def __setitem__(self, key, value):
        self._keys[key] = True
        super().__setitem__(key, value)

    def __delitem__(self, key):
        super().__delitem__(key)
        self._forget(key)

    def _forget(self, key):
        if key in self._keys:
            del self._keys[key]  # ok: check-then-act

    def take(self, key):
        self._forget(key)


class Listener:
    def __init__(self):
        self._pending = CallbackCache[int]()

    async def wait(self, key):
        self._pending[key] = 1
        self._pending.take(key)


class Shelf(Generic[V]):
    def __init__(self):
        self._books = {}

    def put(self, name, book: V):
        self._books[name] = book

    def drop(self, name):
        if name in self._books:
            del self._books[name]  # expect: check-then-act "holds one `Shelf`"


SHELF = Shelf[str]()


class Colour(Enum):
    RED = 1

    def paint(self):
        return self.value


PAINT = Colour["RED"].paint()
