"""Thread-locals that are filled in one thread."""
import threading
from concurrent.futures import ThreadPoolExecutor

_local = threading.local()
_local.connection = None  # expect: thread-local-set-once "gets an AttributeError"
_local.depth = 0  # expect: thread-local-set-once


def connection():
    return _local.connection


def nested():
    _local.depth += 1


class Tracer:
    def __init__(self):
        self._state = threading.local()
        self._state.stack = []  # expect: thread-local-set-once "the thread that runs `Tracer.__init__`"

    def span(self, name):
        self._state.stack.append(name)


class Slots(threading.local):
    __slots__ = ("depth",)  # expect: thread-local-set-once "shared by all threads"

    def __init__(self):
        self.depth = 0


with ThreadPoolExecutor() as pool:
    pool.submit(connection)
    pool.submit(nested)
