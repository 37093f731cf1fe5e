# settings: target=both
"""A semaphore that only limits, one that is a lock, and a loop's lock for what only its tasks touch."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class Copies:
    def __init__(self, read):
        self._read = read
        self._slots = threading.Semaphore(3)
        self._lock = threading.Lock()
        self._only = threading.Semaphore(1)
        self.sizes = {}
        self.done = []
        self.total = 0
        self.rounds = 0

    def copy(self, name):
        with self._slots:
            data = self._read(name)
            self.sizes[name] = len(data)  # ok: wrong-lock-kind
            self.done.append(name)  # ok: wrong-lock-kind
            with self._lock:
                self.total += len(data)  # ok: wrong-lock-kind
        with self._only:
            self.rounds += 1  # ok: wrong-lock-kind


class Rooms:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._guests = {}

    async def book(self, room, guest):
        async with self._lock:
            if room not in self._guests:
                self._guests[room] = guest  # ok: wrong-lock-kind


async def book_all(rows):
    rooms = Rooms()
    await asyncio.gather(*(rooms.book(room, guest) for room, guest in rows))


def run(read, names, rows):
    copies = Copies(read)
    with ThreadPoolExecutor(8) as pool:
        for name in names:
            pool.submit(copies.copy, name)
    asyncio.run(book_all(rows))
