"""Copies, values that nobody changes, and helpers of those who hold the lock."""
import threading


class Stable:
    def __init__(self):
        self._lock = threading.Lock()
        self._horses = {}
        self._owner = "nobody"
        self._prices = ()

    def enter(self, horse):
        with self._lock:
            self._horses[horse.name] = horse
            self._owner = horse.owner
            self._prices = (*self._prices, horse.price)
            print(self._known())

    def names(self):
        with self._lock:
            return list(self._horses)  # ok: escaped-guarded-state

    def horse(self, name):
        with self._lock:
            return self._horses[name]  # ok: escaped-guarded-state

    def owner(self):
        with self._lock:
            return self._owner  # ok: escaped-guarded-state

    def prices(self):
        with self._lock:
            return self._prices  # ok: escaped-guarded-state

    def _known(self):
        return self._horses  # ok: escaped-guarded-state
