# settings: profile=library
"""An object that is kept is of one class, and whoever keeps it says who comes to it."""

from functools import lru_cache


class Shelf:
    def __init__(self):
        self._books = {}

    def put(self, name, book):
        self._books[name] = book

    def drop(self, name):
        if name in self._books:
            del self._books[name]  # expect: check-then-act "holds one `Shelf`"


class Drawer(Shelf):
    """Nobody keeps one of these."""

    def __init__(self):
        super().__init__()
        self._labels = {}

    def label(self, name, text):
        self._labels[name] = text

    def peel(self, name):
        if name in self._labels:
            del self._labels[name]  # ok: check-then-act


SHELF = Shelf()


class Basket:
    def __init__(self):
        self._fruit = {}

    def put(self, name, fruit):
        self._fruit[name] = fruit

    def eat(self, name):
        if name in self._fruit:
            del self._fruit[name]  # ok: check-then-act


class Made:
    def __init__(self):
        self._parts = {}

    def put(self, name, part):
        self._parts[name] = part

    def take(self, name):
        if name in self._parts:
            del self._parts[name]  # expect: check-then-act "gives all callers one"


@lru_cache
def made():
    return Made()


class Checked(type):
    def __call__(cls, *args, **kwargs):
        raise TypeError(f"{cls.__name__} is made by from_parent")

    def _create(cls, *args):
        return super().__call__(*args)


class Leaf(metaclass=Checked):
    def __init__(self):
        self._marks = {}

    def mark(self, name):
        self._marks[name] = True

    def unmark(self, name):
        if name in self._marks:
            del self._marks[name]  # ok: check-then-act


class Only(type):
    _made = {}

    def __call__(cls, *args, **kwargs):
        if cls not in cls._made:
            cls._made[cls] = super().__call__(*args, **kwargs)  # expect: lazy-init-race
        return cls._made[cls]


class Desk(metaclass=Only):
    def __init__(self):
        self._marks = {}

    def mark(self, name):
        self._marks[name] = True

    def unmark(self, name):
        if name in self._marks:
            del self._marks[name]  # expect: check-then-act "one `Desk` for all"


class Capture:
    def __init__(self):
        self._streams = {}

    def open(self, name, stream):
        self._streams[name] = stream

    def close(self, name):
        if name in self._streams:
            self._streams.pop(name).close()  # ok: check-then-act


def wrapped(base):
    capture = Capture()

    class Wrapped(base):
        _capture = capture

    return Wrapped


if __name__ == "__main__":
    basket = Basket()
    basket.put("apple", 1)
