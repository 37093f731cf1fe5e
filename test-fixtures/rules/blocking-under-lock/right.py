"""Nobody on the other side needs the lock, or it is released."""
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Mill:
    def __init__(self):
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._print_lock = threading.Lock()
        self._sacks = queue.Queue()
        self._pool = ThreadPoolExecutor(2)
        self._ground = 0
        self._miller = threading.Thread(target=self._grind)
        self._miller.start()

    def _grind(self):
        while True:
            sack = self._sacks.get()
            with self._lock:
                self._ground += sack

    def stop(self):
        with self._lock:
            miller = self._miller
        miller.join()  # ok: blocking-under-lock

    def bring(self, sack):
        with self._lock:
            self._sacks.put(sack)  # ok: blocking-under-lock

    def wait(self):
        with self._lock:
            while not self._ground:
                self._changed.wait()  # ok: blocking-under-lock

    def _weigh(self, sack):
        return sack + 1

    def price(self, sack):
        with self._lock:
            return self._pool.submit(self._weigh, sack).result()  # ok: blocking-under-lock

    def show(self):
        with self._print_lock:
            time.sleep(1)  # ok: blocking-under-lock

    def pause(self):
        with self._lock:
            left = self._ground
        time.sleep(left)  # ok: blocking-under-lock
