"""Accesses without the lock whose role makes them right."""
import os
import threading
from collections import deque


class Buffer:
    """Set up anew in the constructor, after unpickling and in a forked child, when nobody else has it."""

    def __init__(self):
        self._not_empty = threading.Condition(threading.Lock())
        self._reset()

    def __setstate__(self, state):
        self._reset()

    def _after_fork(self):
        self._reset()

    def _reset(self):
        self._items = deque()  # ok: inconsistent-lock

    def put(self, item):
        with self._not_empty:
            self._items.append(item)
            self._not_empty.notify()

    def take(self):
        with self._not_empty:
            while not self._items:
                self._not_empty.wait()
            return self._items.popleft()


class Server:
    """A child process writes the fields of its own copy."""

    def __init__(self):
        self._lock = threading.Lock()
        self._address = None

    def start(self):
        with self._lock:
            if self._address is None:
                self._address = object()
            return self._address

    def forget(self):
        with self._lock:
            self._address = None

    def serve(self, address):
        self._address = address  # ok: inconsistent-lock
        if os.fork() == 0:
            self._serve_one(address)
            os._exit(0)

    def _serve_one(self, address):
        self._address = address  # ok: inconsistent-lock


class Loop:
    """The lock only says whether somebody is in `turn`; it is never waited for."""

    def __init__(self):
        self._busy_lock = threading.Lock()
        self._ready = deque()
        self._current = None

    def turn(self):
        if not self._busy_lock.acquire(blocking=False):
            raise RuntimeError("busy")
        try:
            for _ in range(len(self._ready)):
                self._current = self._ready.popleft()
                self._current()
        finally:
            self._busy_lock.release()

    def call_soon(self, task):
        self._ready.append(task)  # ok: inconsistent-lock

    def suspend(self):
        self._current = None  # ok: inconsistent-lock


class Machine:
    def __init__(self):
        self._lock = threading.RLock()
        self._error = None
        self._watched = {}

    def fail(self, error):
        with self._lock:
            self._error = error

    def check(self):
        with self._lock:
            if self._error is not None:
                raise self._error

    def _recovered(self):
        """Called by the handler of the answer."""
        # Caller (on_answer) already holds _lock.
        self._error = None  # ok: inconsistent-lock

    def _restored(self):
        """Undo the flag. Caller holds ``_not_empty``."""
        self._error = None  # ok: inconsistent-lock

    def watch(self, key):
        with self._lock:
            self._watched[key] = None

    def unwatch(self, key):
        with self._lock:
            self._watched.pop(key, None)

    def _never_called_here(self, key):
        del self._watched[key]  # ok: inconsistent-lock


class Sensors:
    def __init__(self):
        self._lock = threading.Lock()
        self._values = []

    def add(self, value):
        with self._lock:
            self._values.append(value)

    def drop(self, value):
        with self._lock:
            self._values.remove(value)

    @property
    def values(self):
        return tuple(self._values)  # ok: inconsistent-lock

    def configure(self, values):
        self._values.clear()  # ok: inconsistent-lock


def make_condition(lock):
    return threading.Condition(lock)


class Pool:
    """The condition is made by a helper from the lock, so both are one."""

    def __init__(self):
        self.lock = threading.Lock()
        self.size_condition = make_condition(self.lock)
        self.contexts = set()

    def enter(self, context):
        with self.lock:
            self.contexts.add(context)

    def leave(self, context):
        with self.lock:
            self.contexts.discard(context)

    def interrupt(self):
        with self.size_condition:
            for context in self.contexts:  # ok: inconsistent-lock
                context.cancel()

    async def connect(self, context):
        async with self.lock:
            self.contexts.clear()  # ok: inconsistent-lock
