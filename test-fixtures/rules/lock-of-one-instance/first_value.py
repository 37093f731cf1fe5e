"""A value in the body of the class is where each object begins; what is changed in place is the class's own."""
import threading


class Limited:
    """A data descriptor keeps a value for each object."""

    def __init__(self, most):
        self.most = most

    def __set_name__(self, owner, name):
        self.key = "_" + name

    def __get__(self, thing, owner=None):
        return getattr(thing, self.key, 0)

    def __set__(self, thing, value):
        setattr(thing, self.key, min(self.most, value))


class Turnstile:
    passed = 0
    level = Limited(100)
    names = []

    def __init__(self):
        self._lock = threading.Lock()

    def enter(self, name):
        with self._lock:
            self.passed += 1  # ok: lock-of-one-instance
            self.level += 2  # ok: lock-of-one-instance
            self.names += [name]  # expect: lock-of-one-instance


class Gate:
    opened = 0

    def __init__(self):
        self._lock = threading.Lock()

    def open(self):
        with self._lock:
            Gate.opened += 1  # expect: lock-of-one-instance


def main(names):
    for turnstile, gate in ((Turnstile(), Gate()), (Turnstile(), Gate())):
        for name in names:
            threading.Thread(target=turnstile.enter, args=(name,)).start()
            threading.Thread(target=gate.open).start()
