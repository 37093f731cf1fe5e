"""Locks that are taken in the middle of code that may hold them."""
import queue
import signal
import threading
import weakref

_lock = threading.Lock()
_live = set()
_dropped = queue.Queue()


class Lease:
    def __init__(self):
        with _lock:
            _live.add(id(self))

    def __del__(self):
        with _lock:  # expect: lock-in-finalizer "a finalizer takes `_lock`"
            _live.discard(id(self))


def prune():
    with _lock:
        _live.clear()


class Progress:
    def __init__(self):
        self._lock = threading.Lock()
        self._done = 0

    def step(self):
        with self._lock:
            self._done += 1

    def line(self):
        with self._lock:  # expect: lock-in-finalizer "a signal handler takes `self._lock`"
            return str(self._done)

    def show(self, number, frame):
        print(self.line())

    def listen(self):
        signal.signal(signal.SIGTERM, self.show)  # evidence: lock-in-finalizer


def forget(reference):
    _dropped.put(reference)  # expect: lock-in-finalizer "can wait for its own thread"


def watch(thing):
    return weakref.ref(thing, forget)


class Desk:
    def __init__(self):
        self._lock = threading.Lock()
        self._pens = []

    def lend(self):
        with self._lock:
            return Pen(self, self._pens.pop())

    def take_back(self, ink):
        with self._lock:  # expect: lock-in-finalizer
            self._pens.append(ink)


class Pen:
    def __init__(self, desk, ink):
        self._desk, self._ink = desk, ink

    def put_down(self):
        self._desk.take_back(self._ink)

    def __del__(self):
        self.put_down()


class Diary:
    """The handler writes through the same method as everybody else."""

    def __init__(self, path):
        self._file = open(path, "a")
        self._lock = threading.Lock()

    def write(self, text):
        with self._lock:  # expect: lock-in-finalizer "`say_goodbye` can wait for its own thread"
            self._file.write(text)


diary = Diary("diary.txt")


def say_goodbye(number, frame):
    diary.write("terminated")


signal.signal(signal.SIGINT, say_goodbye)  # evidence: lock-in-finalizer


def keep_diary():
    while True:
        diary.write("still here")
