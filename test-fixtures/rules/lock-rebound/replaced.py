"""Two locks where there should be one."""
import threading
from collections import defaultdict


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}

    def count(self, word):
        with self._lock:  # evidence: lock-rebound
            self._counts[word] = self._counts.get(word, 0) + 1

    def restart(self):
        self._lock = threading.Lock()  # expect: lock-rebound "`Counter.restart` replaces `self._lock`"
        self._counts.clear()  # expect: inconsistent-lock


class Meter:
    def __init__(self):
        self._guard = threading.Lock()
        self._value = 0

    def turn(self):
        with self._guard:
            self._value += 1

    def reset(self):
        with self._guard:
            self.__init__()  # expect: lock-rebound "makes the lock anew"


class Lazy:
    _mutex = None

    @property
    def mutex(self):
        if self._mutex is None:
            self._mutex = threading.RLock()  # expect: lock-rebound "can be made twice"
        return self._mutex


class Rooms:
    def __init__(self):
        self._locks = {}
        self._doors = defaultdict(threading.Lock)

    def lock_of(self, room):
        if room not in self._locks:
            self._locks[room] = threading.Lock()  # expect: lock-rebound "in two steps"
        return self._locks[room]

    def enter(self, room):
        with self._doors[room]:  # evidence: lock-rebound
            print(room)

    def cleaned(self, room):
        self._doors.pop(room, None)  # expect: lock-rebound "drops a lock of `self._doors`"


class Ferry:
    def __init__(self):
        self._loads = []

    def load(self, crate):
        self._prepare()
        with self._gate:  # evidence: lock-rebound
            self._loads.append(crate)

    def _prepare(self):
        try:
            self._gate
        except AttributeError:
            self._gate = threading.Lock()  # expect: lock-rebound "can be made twice"
