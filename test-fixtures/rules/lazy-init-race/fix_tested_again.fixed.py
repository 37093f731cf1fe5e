"""The lock is there, and is taken after the test: the test is made once more under it."""
import threading


class Tug:
    def __init__(self, name):
        self.name = name
        self.open = True


class Harbour:
    def __init__(self):
        self._lock = threading.Lock()
        self._tug = None
        for _ in range(4):
            threading.Thread(target=self.run).start()

    def run(self):
        self.tug()

    def tug(self):
        if self._tug is None:
            with self._lock:
                if self._tug is None:
                    self._tug = Tug("a")  # expect: lazy-init-race
        return self._tug
