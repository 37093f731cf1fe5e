import threading


class Beacon:
    _lit = set()

    @classmethod
    def share(cls, lock):
        cls._guard_lock = lock

    def on(self):
        with self._guard_lock:
            self._lit.add(self)

    @classmethod
    def off(cls, beacon):
        with cls._guard_lock:
            cls._lit.discard(beacon)

    @classmethod
    def all_off(cls):
        with cls._guard_lock:
            cls._lit.clear()
