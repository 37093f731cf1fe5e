# settings: profile=library
"""Attributes that are asked for with `getattr` and a default, and made when they are missing."""
import threading


class Session:
    def __init__(self):
        self.open = True


class Desk:
    def __init__(self):
        self._lock = threading.Lock()
        self._calls = 0

    def session(self):
        session = getattr(self, "_session", None)
        if session is None:
            session = self._session = Session()  # expect: lazy-init-race "find `self._session` missing"
        return session

    def phone(self):
        if not getattr(self, "_phone", None):
            self._phone = Session()  # expect: lazy-init-race
        return self._phone

    def post(self):
        if getattr(self, "_post", None) is None:
            self._post = Session()  # expect: lazy-init-race
        return self._post

    def locked(self):
        with self._lock:
            if getattr(self, "_locked", None) is None:
                self._locked = Session()  # ok: lazy-init-race
            return self._locked

    def named(self, name, default):
        if getattr(self, "_named", default) is None:
            self._named = Session()  # ok: lazy-init-race
        if getattr(self, name, None) is None:
            self._other = Session()  # ok: lazy-init-race
        return self._named


class WaiterPool:
    """A pool of an event loop (no threads)."""

    def waiters(self):
        waiters = getattr(self, "_waiters", None)
        if waiters is None:
            waiters = self._waiters = {}  # ok: lazy-init-race
        return waiters

    def add(self, name, waiter):
        self.waiters()[name] = waiter
