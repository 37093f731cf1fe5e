# settings: target=both
"""What is held limits or keeps tasks apart, and lets threads in."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

gate = threading.BoundedSemaphore(8)
served = 0


class Copies:
    LIMIT = 3

    def __init__(self, read):
        self._read = read
        self._slots = threading.Semaphore(self.LIMIT)
        self.sizes = {}
        self.total = 0

    def copy(self, name):
        with self._slots:
            data = self._read(name)
            self.sizes[name] = len(data)
            self.total += len(data)  # expect: wrong-lock-kind "is a semaphore and lets several threads at"


def serve(request):
    global served
    gate.acquire()
    try:
        served += 1  # expect: wrong-lock-kind
    finally:
        gate.release()


class Rooms:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._guests = {}

    def _give(self, room, guest):
        there = self._guests.get(room)
        if there is None:
            self._guests[room] = guest  # expect: wrong-lock-kind "is a lock between tasks"
        return there

    async def book(self, room, guest):
        async with self._lock:  # evidence: wrong-lock-kind
            return self._give(room, guest)

    def load(self, rows):
        for room, guest in rows:
            self._give(room, guest)


def run(read, names, rows):
    copies = Copies(read)
    with ThreadPoolExecutor(8) as pool:
        for name in names:
            pool.submit(copies.copy, name)
            pool.submit(serve, name)
    rooms = Rooms()
    loading = threading.Thread(target=rooms.load, args=(rows,))
    loading.start()
    asyncio.run(rooms.book(1, "ann"))
    loading.join()
