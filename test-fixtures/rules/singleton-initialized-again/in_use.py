# settings: profile=library
"""An object that is initialised again while others are at work on it."""
import os
import threading


class ConnectionPool:
    def __init__(self, size):
        self.pid = os.getpid()
        self.size = size
        self.free = []

    def _check(self):
        if self.pid != os.getpid():
            self.__init__(self.size)  # expect: singleton-initialized-again

    def get(self):
        self._check()
        return self.free.pop()

    def put(self, one):
        self._check()
        self.free.append(one)


class LockedPool:
    def __init__(self, size):
        self.lock = threading.Lock()
        self.reset(size)

    def reset(self, size):
        self.pid = os.getpid()
        self.size = size
        self.free = []

    def _check(self):
        if self.pid != os.getpid():
            with self.lock:
                if self.pid != os.getpid():
                    self.__init__(self.size)  # ok: singleton-initialized-again

    def get(self):
        self._check()
        return self.free.pop()


class Parser:
    def __init__(self):
        self.rows = []

    def reset(self):
        self.__init__()  # ok: singleton-initialized-again

    def feed(self, row):
        self.rows.append(row)
