"""A helper that waits only when it is told to."""
import threading


class Pump:
    def __init__(self):
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run)
        self._flow = 0

    def _run(self):
        with self._lock:
            self._flow += 1

    def halt(self, wait=True):
        self._flow = 0
        if wait:
            self._thread.join()

    def reset(self):
        with self._lock:
            self.halt(wait=False)  # ok: blocking-under-lock

    def close(self):
        with self._lock:
            self.halt()  # expect: blocking-under-lock


pump = Pump()
pump._thread.start()
pump.reset()
pump.close()
