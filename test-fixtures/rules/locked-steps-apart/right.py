# settings: target=both
"""Under one lock, tested again, or about something else."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Rooms:
    def __init__(self, rooms):
        self._lock = threading.RLock()
        self._free = list(rooms)
        self._guests = {}

    def any_free(self):
        with self._lock:
            return len(self._free) > 0

    def take(self):
        with self._lock:
            return self._free.pop()

    def take_if_any(self):
        with self._lock:
            if self._free:
                return self._free.pop()
            return None

    def has(self, guest):
        with self._lock:
            return guest in self._guests

    def leave(self, guest):
        with self._lock:
            self._guests.pop(guest, None)

    def book(self):
        with self._lock:
            if not self.any_free():
                return None
            return self.take()  # ok: locked-steps-apart

    def book_twice_tested(self):
        if not self.any_free():
            return None
        return self.take_if_any()  # ok: locked-steps-apart

    def go(self, guest):
        if self.has(guest):
            self.leave(guest)  # ok: locked-steps-apart


rooms = Rooms([1, 2])
with ThreadPoolExecutor() as pool:
    for _ in range(3):
        pool.submit(rooms.book)
        pool.submit(rooms.book_twice_tested)
        pool.submit(rooms.go, "ann")
