"""A heap whose lock must be held where a function changes it, too."""
import heapq
import random
import threading
import time


class Jobs:
    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = []
        for _ in range(3):
            threading.Thread(target=self.run).start()

    def add(self, job):
        with self._lock:
            heapq.heappush(self._waiting, job)

    def run(self):
        with self._lock:
            if self._waiting:
                self.note(time.monotonic(), heapq.heappop(self._waiting))  # expect: check-then-act

    def note(self, when, job):
        print(when, job)

    def again(self):
        with self._lock:
            random.shuffle(self._waiting)
            heapq.heapify(self._waiting)
