"""The base class enters `self` for every call, and `__enter__` chooses what to store."""
from functools import wraps


class Around:
    def __call__(self, function):
        @wraps(function)
        def inner(*args):
            with self:
                return function(*args)

        return inner


class Meal(Around):
    def __init__(self, kitchen):
        self.kitchen = kitchen

    def __enter__(self):
        if self.kitchen.courses() == 0:
            self._course = self.kitchen.first()  # expect: shared-context-manager
        else:
            self._course = self.kitchen.next()
        return self._course.__enter__()

    def __exit__(self, *error):
        return self._course.__exit__(*error)


class Nested(Around):
    def __init__(self, kitchen):
        self.kitchen = kitchen
        self.depth = 0

    def __enter__(self):
        if self.depth == 0:
            self._table = self.kitchen.lay()  # ok: shared-context-manager
        self.depth += 1

    def __exit__(self, *error):
        self.depth -= 1
        if self.depth == 0:
            self._table.clear()
