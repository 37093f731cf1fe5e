"""The lock is there, and is taken after the test: the test is made once more under it."""
import threading


class Harbour:
    def __init__(self):
        self._lock = threading.Lock()
        self._pilots = []
        for _ in range(4):
            threading.Thread(target=self.pilot).start()

    def call(self, pilot):
        with self._lock:
            self._pilots.append(pilot)

    def pilot(self):
        if not self._pilots:
            return None
        with self._lock:
            return self._pilots.pop(0)  # expect: check-then-act
