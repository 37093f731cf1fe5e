"""A future that is completed runs its callbacks then and there."""
import threading
from concurrent.futures import Future


class Remote:
    def __init__(self):
        self._lock = threading.Lock()
        self._open = {}

    def call(self, number):
        future = Future()
        with self._lock:
            self._open[number] = future
        return future

    def answered(self, number, answer):
        with self._lock:
            future = self._open.pop(number)
            future.set_result(answer)  # expect: callback-under-lock "completes a future while it holds `self._lock`"

    def answered_outside(self, number, answer):
        with self._lock:
            future = self._open.pop(number)
        future.set_result(answer)  # ok: callback-under-lock


class Reentrant:
    def __init__(self):
        self._lock = threading.RLock()
        self._open = {}

    def call(self, number):
        with self._lock:
            self._open[number] = Future()
            return self._open[number]

    def failed(self, number, error):
        with self._lock:
            self._open.pop(number).set_exception(error)  # ok: callback-under-lock
