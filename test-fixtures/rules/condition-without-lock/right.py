"""The lock is held: here, under another name, by the caller, or by a helper."""
import asyncio
import threading


class Ferry:
    def __init__(self):
        self._lock = threading.Lock()
        self._full = threading.Condition(self._lock)
        self._calm = asyncio.Condition()
        self._cars = []

    def board(self, car):
        with self._lock:
            self._cars.append(car)
            self._full.notify()  # ok: condition-without-lock

    def _await_cars(self):
        while not self._cars:
            self._full.wait()  # ok: condition-without-lock

    def depart(self):
        with self._full:
            self._await_cars()
            self._cars.clear()

    def by_hand(self):
        self._full.acquire()
        try:
            self._full.notify_all()  # ok: condition-without-lock
        finally:
            self._full.release()

    def wake_locked(self):
        self._full.notify_all()  # ok: condition-without-lock

    def wake(self):
        """Wakes all; the caller must hold the lock."""
        self._full.notify_all()  # ok: condition-without-lock

    async def calm(self):
        async with self._calm:
            self._calm.notify_all()  # ok: condition-without-lock


class Bell:
    """A condition of its own kind: who rings it has entered it."""

    def __init__(self):
        self._inner = threading.Condition()

    def __enter__(self):
        self._inner.acquire()
        return self

    def __exit__(self, *exc):
        self._inner.release()

    def notify(self):
        self._inner.notify()  # ok: condition-without-lock

    def wait(self, timeout=None):
        return self._inner.wait(timeout)  # ok: condition-without-lock
