# settings: target=both
"""Each call is under the lock, the two together are not."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Rooms:
    def __init__(self, rooms):
        self._lock = threading.Lock()
        self._free = list(rooms)
        self._price = {}

    def any_free(self):
        with self._lock:
            return len(self._free) > 0

    def take(self):
        with self._lock:
            return self._free.pop()

    def priced(self, room):
        with self._lock:
            return room in self._price

    def drop_price(self, room):
        with self._lock:
            del self._price[room]

    def book(self):
        if not self.any_free():
            return None
        return self.take()  # expect: locked-steps-apart "Between `Rooms.any_free` and `Rooms.take`"


def forget(rooms, room):
    if rooms.priced(room):
        rooms.drop_price(room)  # expect: locked-steps-apart


rooms = Rooms([1, 2])
with ThreadPoolExecutor() as pool:
    for _ in range(3):
        pool.submit(rooms.book)
        pool.submit(forget, rooms, 1)
