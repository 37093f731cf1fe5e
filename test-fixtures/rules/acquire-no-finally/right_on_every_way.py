"""Every way out gives the lock back by itself, and nothing in between can fail."""
import threading
import time


class Result:
    def __init__(self):
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._listeners = []
        self._answers = {}
        self._done = False

    def listen(self, listener):
        lock = self._lock
        lock.acquire()  # ok: acquire-no-finally
        if not self._done:
            self._listeners.append(listener)
            lock.release()
            return self
        lock.release()
        listener(self)
        return self

    def answer(self, key, value):
        self._ready.acquire()  # ok: acquire-no-finally
        self._answers[key] = value
        self._listeners.append(time.monotonic())
        self._ready.notify()
        self._ready.release()

    def take(self):
        while True:
            self._ready.acquire()  # ok: acquire-no-finally
            while len(self._listeners) == 0 and not self._done:
                self._ready.wait()
            if self._done:
                self._ready.release()
                return None
            first = self._listeners[0]
            self._ready.release()
            if first(self):
                return first

    def take_or_leave(self, wanted):
        self._ready.acquire()  # expect: acquire-no-finally
        if wanted:
            return None
        first = self._listeners.pop(0)
        self._ready.release()
        return first
