"""The event that stops a thread is replaced before the thread has looked."""
import threading
import time


class Poller:
    def __init__(self, poll):
        self._poll = poll
        self._stop = threading.Event()

    def start(self):
        self._stop = threading.Event()  # expect: lock-rebound "before the thread that it stops has seen it"
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():  # evidence: lock-rebound
            self._poll()

    def restart(self):
        self._stop.set()  # evidence: lock-rebound
        self.start()


class Joined:
    def __init__(self, poll):
        self._poll = poll
        self._stop = threading.Event()

    def start(self):
        self._stop = threading.Event()  # ok: lock-rebound
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            self._poll()

    def restart(self):
        self._stop.set()
        self._thread.join()
        self.start()


class HandedOver:
    def __init__(self, poll):
        self._poll = poll
        self._stop = threading.Event()

    def start(self):
        self._stop = threading.Event()  # ok: lock-rebound
        threading.Thread(target=self._run, args=(self._stop,)).start()

    def _run(self, stop):
        while not stop.is_set():
            self._poll()

    def restart(self):
        self._stop.set()
        self.start()


for kind in (Poller, Joined, HandedOver):
    poller = kind(lambda: time.sleep(1))
    poller.start()
    poller.restart()
