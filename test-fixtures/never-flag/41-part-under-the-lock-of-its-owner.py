# settings: profile=library
"""An object that is a part of another, which holds its lock whenever it calls it, and is itself called by a thread."""
import threading
from collections import deque


class Waiting(object):
    """Has no lock: its owner's is held."""

    def __init__(self):
        self._guests = deque()
        self._tables = {}
        self._count = 0

    def put(self, guest):
        self._guests.append(guest)
        self._count = self._count + 1

    def get(self):
        while self._guests:
            guest = self._guests.popleft()
            row = self._tables.get(guest.table)
            if row is not None:
                row.append(guest)
            else:
                self._tables[guest.table] = deque()
                self._count = self._count - 1
                return guest
        return None

    def free(self, table):
        if not self._tables[table]:
            del self._tables[table]


class Restaurant:
    def __init__(self):
        self._door = threading.Lock()
        self._waiting = Waiting()
        self._waiter = Waiter(self)

    def open(self):
        self._waiter.start()
        self.arrive("the cook")

    def arrive(self, guest):
        with self._door:
            self._waiting.put(guest)
            self._seat_next()

    def leave(self, table):
        with self._door:
            self._waiting.free(table)
            self._seat_next()

    def _seat_next(self):
        """Callers must hold the lock of the door."""
        guest = self._waiting.get()
        if guest is not None:
            guest.sit()


class Waiter:
    def __init__(self, restaurant: Restaurant):
        self._restaurant = restaurant
        self._left = deque()

    def start(self):
        threading.Thread(target=self._work).start()

    def _work(self):
        while True:
            self._restaurant.leave(self._left.popleft())
