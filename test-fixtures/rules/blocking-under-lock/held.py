"""Waiting for somebody who waits for the lock."""
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Mill:
    def __init__(self):
        self._lock = threading.Lock()
        self._sacks = queue.Queue(maxsize=10)
        self._empty = threading.Event()
        self._pool = ThreadPoolExecutor(2)
        self._ground = 0
        self._miller = threading.Thread(target=self._grind)
        self._miller.start()

    def _grind(self):
        while True:
            sack = self._sacks.get()
            with self._lock:
                self._ground += sack
                self._empty.set()

    def stop(self):
        with self._lock:  # evidence: blocking-under-lock
            self._miller.join()  # expect: blocking-under-lock "waits under `self._lock` for `Mill._grind`"

    def bring(self, sack):
        with self._lock:
            self._ground += 1
            self._sacks.put(sack)  # expect: blocking-under-lock

    def wait_empty(self):
        with self._lock:
            self._await()  # expect: blocking-under-lock

    def _await(self):
        self._empty.wait()

    def _weigh(self, sack):
        with self._lock:  # evidence: blocking-under-lock
            return sack + self._ground

    def price(self, sack):
        with self._lock:
            return self._pool.submit(self._weigh, sack).result(5)  # expect: blocking-under-lock "the time is over"

    def cool(self):
        with self._lock:
            time.sleep(2)  # expect: blocking-under-lock "All who need `self._lock` wait"
