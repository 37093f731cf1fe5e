# settings: target=both
"""Two locks, one variable: each side is protected from its own kind only."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Shelves:
    def __init__(self):
        self.reading = threading.Lock()
        self.writing = threading.Lock()
        self._of = {}

    def put(self, box, shelf):
        with self.writing:
            self._of[box] = shelf

    def move(self, box, shelf):
        with self.writing:
            del self._of[box]
            self._of[box] = shelf

    def find(self, box):
        with self.reading:
            return self._of[box]  # expect: different-locks "`self.reading` here and under `self.writing`"


class Catalogue:
    def __init__(self, read):
        self._read = read
        self._entries = None
        self._first = threading.Lock()
        self._again = threading.Lock()

    def entry(self, name):
        if self._entries is None:
            with self._first:
                if self._entries is None:
                    self._entries = self._read()  # expect: different-locks
        return self._entries.get(name)

    def reload(self):
        with self._again:
            self._entries = self._read()  # evidence: different-locks


class Curve:
    def __init__(self):
        self.__lock = threading.Lock()
        self._dots = []

    def draw(self, dot):
        with self.__lock:
            self._dots.append(dot)  # evidence: different-locks


class ThinCurve(Curve):
    def __init__(self):
        super().__init__()
        self.__lock = threading.Lock()

    def thin(self):
        with self.__lock:
            self._dots = self._dots[::2]  # expect: different-locks "under `ThinCurve.__lock` here and under `Curve.__lock` elsewhere"


_count_lock = threading.Lock()
_show_lock = threading.Lock()
count = 0


def add():
    global count
    with _count_lock:
        count += 1  # expect: different-locks


def take_back():
    global count
    with _show_lock:
        count -= 1


def run(shelves, catalogue, curve, boxes):
    threading.Thread(target=catalogue.reload).start()
    with ThreadPoolExecutor(4) as pool:
        for box in boxes:
            pool.submit(shelves.move, box, 1)
            pool.submit(shelves.find, box)
            pool.submit(catalogue.entry, box)
            pool.submit(add)
            pool.submit(take_back)
