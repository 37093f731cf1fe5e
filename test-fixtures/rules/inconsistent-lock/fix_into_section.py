"""Two steps that belong to a section of the lock that is there already: they go into it, not into sections beside it."""
import threading


class Basin:
    def __init__(self):
        self._lock = threading.Lock()
        self._level = 0
        self._peak = 0
        self._last = None
        for _ in range(3):
            threading.Thread(target=self.pour, args=(3,)).start()
            threading.Thread(target=self.drop, args=(1, "tap")).start()
            threading.Thread(target=self.spill, args=(1,)).start()

    def pour(self, amount):
        with self._lock:
            self._level += amount
            self._peak = max(self._peak, self._level)

    def drop(self, amount, who):
        self._level -= amount  # expect: inconsistent-lock
        self._last = who
        with self._lock:
            self._peak = max(self._peak, self._level)

    def spill(self, amount):
        with self._lock:
            self._peak = max(self._peak, self._level)
        # the rest
        self._level -= amount  # expect: inconsistent-lock

    def level(self):
        with self._lock:
            return self._level

    def run_dry(self):
        with self._lock:
            self._level = 0

    def fill(self, level):
        with self._lock:
            self._level = level
