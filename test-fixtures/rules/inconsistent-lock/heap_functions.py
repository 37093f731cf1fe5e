"""A heap is changed by functions that are given it: these count as changes under the lock."""
import heapq
import random
import threading


class Deadlines:
    def __init__(self):
        self._lock = threading.Lock()
        self._due = []

    def add(self, when):
        with self._lock:
            heapq.heappush(self._due, when)

    def next(self):
        with self._lock:
            return heapq.heappop(self._due) if self._due else None

    def forget(self, when):
        if when in self._due:
            self._due.remove(when)  # expect: inconsistent-lock
            heapq.heapify(self._due)  # expect: inconsistent-lock


class Deck:
    def __init__(self, cards):
        self._guard = threading.Lock()
        self._cards = list(cards)

    def shuffle(self):
        with self._guard:
            random.shuffle(self._cards)

    def draw(self):
        with self._guard:
            return self._cards.pop()

    def put_back(self, card):
        self._cards.insert(0, card)  # expect: inconsistent-lock


class Agenda:
    """All of it under the lock."""

    def __init__(self):
        self._lock = threading.Lock()
        self._due = []

    def add(self, when):
        with self._lock:
            heapq.heappush(self._due, when)

    def drop(self, when):
        with self._lock:
            self._due.remove(when)  # ok: inconsistent-lock
            heapq.heapify(self._due)
