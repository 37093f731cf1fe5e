# settings: profile=library
"""A subclass that puts `None` in the place of the lock of its base: its objects belong to one."""
import threading


class Register:
    def __init__(self, pupils=()):
        self._lock = threading.Lock()
        self.pupils = {}
        self.enter(pupils)

    def enter(self, pupils):
        with self._lock:
            for name in pupils:
                self.pupils[name] = 0

    def names(self):
        return [name for name in self.pupils]  # expect: iterate-while-mutated "`Register.enter`"


class Draft(Register):
    def __init__(self, pupils):
        super().__init__(pupils)
        self._lock = None

    def mark(self, name):
        self.pupils[name] = 1

    def marks(self):
        return [f"{name}: {mark}" for name, mark in self.pupils.items()]  # ok: iterate-while-mutated


class OfAYear(Draft):
    def best(self):
        return [name for name in self.pupils if name]  # ok: iterate-while-mutated


class Copied(Draft):
    def __init__(self, pupils):
        super().__init__(pupils)
        self._lock = threading.Lock()

    def worst(self):
        return [name for name in self.pupils if name]  # expect: iterate-while-mutated


class WithTheLock(Register):
    def __init__(self, pupils):
        super().__init__(pupils)
        self.first = None

    def last(self):
        return [name for name in self.pupils if name]  # expect: iterate-while-mutated
