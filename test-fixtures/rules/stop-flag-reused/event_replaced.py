"""Replaced in the class itself, after a join, and for a thread that was given the old one."""
import threading
import time


class Poller:
    def __init__(self, poll):
        self._poll = poll
        self._stop = threading.Event()

    def start(self):
        self._stop = threading.Event()  # expect: stop-flag-reused
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():  # evidence: stop-flag-reused
            self._poll()

    def restart(self):
        self._stop.set()  # evidence: stop-flag-reused
        self.start()


class Joined:
    def __init__(self, poll):
        self._poll = poll
        self._stop = threading.Event()

    def start(self):
        self._stop = threading.Event()  # ok: stop-flag-reused
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
        self._stop = threading.Event()  # ok: stop-flag-reused
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
