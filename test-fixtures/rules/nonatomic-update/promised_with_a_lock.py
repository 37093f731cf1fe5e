# settings: profile=library
"""What the documentation promises to several threads counts for more than that a lock is there for something."""
import threading


class Pool:
    """May be used by several threads."""

    def __init__(self, make, size):
        self._make = make
        self._free = []
        self._size = size
        self._made = 0
        self._lock = threading.Lock()

    def get(self):
        with self._lock:
            if self._free:
                return self._free.pop()
        if self._made < self._size:
            self._made += 1  # expect: nonatomic-update "the documentation of `Pool` says so"
            return self._make()
        raise RuntimeError("none left")

    def put(self, one):
        with self._lock:
            self._free.append(one)
