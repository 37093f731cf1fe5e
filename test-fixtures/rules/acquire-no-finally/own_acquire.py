"""A method called `acquire` that gives the lock back itself is no taker for others."""
import threading


class Tickets:
    def __init__(self, number):
        self._changed = threading.Condition()
        self._left = number

    def acquire(self, patience):
        self._changed.acquire()  # expect: acquire-no-finally
        while self._left == 0:
            self._changed.wait(patience.seconds())
        self._left = self._left - 1
        self._changed.release()


class Gate:
    def __init__(self):
        self._inner = threading.Lock()

    def acquire(self):
        self._inner.acquire()  # ok: acquire-no-finally

    def release(self):
        self._inner.release()
