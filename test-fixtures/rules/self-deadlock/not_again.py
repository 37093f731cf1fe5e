"""Calls under a lock that do not take it again, or take another."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Reentrant:
    def __init__(self):
        self._lock = threading.RLock()
        self._changed = threading.Condition()
        self._count = 0

    def count(self):
        with self._lock:
            return self._count

    def bump(self):
        with self._lock:
            self._count = self.count() + 1  # ok: self-deadlock

    def announce(self):
        with self._changed:
            self._changed.notify_all()

    def change(self):
        with self._changed:
            self.announce()  # ok: self-deadlock


class Node:
    def __init__(self, parent=None):
        self._lock = threading.Lock()
        self._size_lock = threading.Lock()
        self._parent = parent
        self._size = 0
        self._pool = ThreadPoolExecutor()

    def size(self):
        with self._lock:
            return self._size

    def size_of_parent(self):
        with self._lock:
            return self._parent.size()  # ok: self-deadlock

    def schedule(self):
        with self._lock:
            self._pool.submit(self.size)  # ok: self-deadlock

    def starter(self):
        with self._lock:
            threading.Thread(target=self.size).start()  # ok: self-deadlock

    def later(self):
        with self._lock:
            return lambda: self.size()  # ok: self-deadlock

    def measured(self):
        with self._size_lock:
            return self.size()  # ok: self-deadlock

    def nested_function(self):
        with self._lock:

            def inside():
                return self.size()  # ok: self-deadlock

            callbacks = [inside]
        return callbacks

    def timed(self):
        with self._size_lock:
            if self._size_lock.acquire(timeout=0.1):  # ok: self-deadlock
                self._size_lock.release()

    def hand_back(self):
        self._lock.acquire()
        self._size = 1
        self._lock.release()
        return self.size()  # ok: self-deadlock
