"""A heap whose lock must be held where a function changes it, too."""
import heapq
import random
import threading
import time


class Jobs:
    def __init__(self):
        self._waiting = []
        for _ in range(3):
            threading.Thread(target=self.run).start()

    def add(self, job):
        heapq.heappush(self._waiting, job)

    def run(self):
        if self._waiting:
            self.note(time.monotonic(), heapq.heappop(self._waiting))  # expect: check-then-act

    def note(self, when, job):
        print(when, job)

    def again(self):
        random.shuffle(self._waiting)
        heapq.heapify(self._waiting)
