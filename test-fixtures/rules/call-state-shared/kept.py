# settings: target=both
"""What belongs to one call, where all find it."""
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

_current = None
_stack = []


@contextmanager
def using(database):
    global _current
    before = _current
    _current = database  # expect: call-state-shared "is there for one block"
    try:
        yield database
    finally:
        _current = before


class Indented:
    def __enter__(self):
        _stack.append("  ")  # expect: call-state-shared
        return self

    def __exit__(self, *error):
        _stack.pop()


class Mailer:
    def __init__(self):
        self.address = None

    def send(self, address):
        self.address = address  # expect: call-state-shared "is the argument of one call"
        return self._head() + "hello"

    def _head(self):
        return f"to {self.address}: "


def work(name):
    with using(name), Indented():
        print(len(_stack), _current)


def run(names):
    mailer = Mailer()
    with ThreadPoolExecutor(4) as pool:
        for name in names:
            pool.submit(work, name)
            pool.submit(mailer.send, name)
    threading.Thread(target=work, args=("last",)).start()
