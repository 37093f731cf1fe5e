"""An absence that lets control through does not decide what is stored when something else is asked after it."""
# settings: profile=library
import threading
import time


class Fuse:
    def __init__(self, most):
        self._lock = threading.Lock()
        self._blown = None
        self._faults = 0
        self._most = most

    def run(self, work):
        with self._lock:
            if self._blown is not None and time.time() - self._blown < 30:
                raise RuntimeError("blown")
        try:
            return work()
        except OSError:
            with self._lock:
                self._faults += 1
                if self._faults >= self._most:
                    self._blown = time.time()  # ok: lazy-init-race
            raise
