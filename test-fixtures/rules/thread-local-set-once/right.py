"""Thread-locals that each thread fills for itself."""
import threading
from concurrent.futures import ThreadPoolExecutor

_local = threading.local()
_local.name = "main"  # ok: thread-local-set-once
_local.user = None  # ok: thread-local-set-once
_local.cache = {}  # ok: thread-local-set-once
_local.only_here = 1  # ok: thread-local-set-once


class State(threading.local):
    depth = 0

    def __init__(self):
        self.stack = []


_state = State()


def name():
    return getattr(_local, "name", "nobody")


class Users:
    def __init__(self):
        self._current = threading.local()
        self._current.user = None  # ok: thread-local-set-once

    def enter(self, user):
        self._current.user = user

    def user(self):
        return self._current.user


class Cache:
    def __init__(self):
        self._own = threading.local()
        self._own.cache = {}  # ok: thread-local-set-once

    def get(self):
        try:
            return self._own.cache
        except AttributeError:
            self._own.cache = {}
            return self._own.cache


def push():
    _state.stack.append(1)
    _state.depth += 1


with ThreadPoolExecutor() as pool:
    pool.submit(name)
    pool.submit(push)
