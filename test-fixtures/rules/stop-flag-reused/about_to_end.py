"""A flag that is taken back for a thread which has seen it and has not ended yet."""
import threading
import time


class Poller:
    def __init__(self):
        self._stopped = False
        self._thread = None

    def open(self):
        self._stopped = False  # expect: stop-flag-reused
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run)
            self._thread.start()

    def close(self):
        self._stopped = True  # evidence: stop-flag-reused

    def _run(self):
        while not self._stopped:  # evidence: stop-flag-reused
            time.sleep(1)


class Joined:
    def __init__(self):
        self._stopped = False
        self._thread = None

    def open(self):
        if self._thread is not None:
            self._thread.join()
        self._stopped = False  # ok: stop-flag-reused
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run)
            self._thread.start()

    def close(self):
        self._stopped = True

    def _run(self):
        while not self._stopped:
            time.sleep(1)


class Locked:
    def __init__(self):
        self._lock = threading.Lock()
        self._stopped = False
        self._leaving = False
        self._thread = None

    def open(self):
        with self._lock:
            if self._leaving:
                self._thread = None
                self._leaving = False
            self._stopped = False  # ok: stop-flag-reused
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run)
                self._thread.start()

    def close(self):
        with self._lock:
            self._stopped = True

    def _goes_on(self):
        with self._lock:
            self._leaving = self._stopped
            return not self._stopped

    def _run(self):
        while self._goes_on():
            time.sleep(1)


for one in (Poller(), Joined(), Locked()):
    one.open()
    one.close()
    one.open()
