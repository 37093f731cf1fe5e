"""Conditions that share one lock are that lock."""
import threading


class Buffer:
    def __init__(self, size):
        self._mutex = threading.Lock()
        self._not_empty = threading.Condition(self._mutex)
        self._not_full = threading.Condition(self._mutex)
        self._items = []
        self._size = size

    def put(self, item):
        with self._not_full:
            while len(self._items) >= self._size:
                self._not_full.wait()
            self._items.append(item)  # ok: inconsistent-lock
            self._not_empty.notify()

    def get(self):
        with self._not_empty:
            while not self._items:
                self._not_empty.wait()
            item = self._items.pop(0)  # ok: inconsistent-lock
            self._not_full.notify()
            return item

    def push_back(self, item):
        with self._mutex:
            self._items.insert(0, item)  # ok: inconsistent-lock
            self._not_empty.notify()

    def discard_newest(self):
        self._items.pop()  # expect: inconsistent-lock "self._items"
