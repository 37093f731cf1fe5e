"""Timers in a heap, which functions of `heapq` change: what they are given, not what they are called on."""
import heapq
import threading
from bisect import insort
from heapq import heappop


class Timers:
    def __init__(self):
        self._due = []
        self._late = []
        for _ in range(3):
            threading.Thread(target=self.run).start()

    def add(self, when, what):
        heapq.heappush(self._due, (when, what))

    def run(self):
        while self._due:
            when, what = heapq.heappop(self._due)  # expect: check-then-act "self._due"
            print(when, what)

    def skip(self):
        if self._due:
            heappop(self._due)  # expect: check-then-act "self._due"

    def delay(self, when):
        insort(self._late, when)

    def last(self):
        if self._late:
            return self._late[-1]  # ok: check-then-act
        return None

    def first(self):
        return heapq.nsmallest(1, self._due)  # ok: check-then-act
