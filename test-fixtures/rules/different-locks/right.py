# settings: target=both
"""Several locks that are right."""
import threading


class Both:
    """Whoever writes holds both, so a reader of either is kept out."""

    def __init__(self):
        self._left = threading.Lock()
        self._right = threading.Lock()
        self._rows = {}

    def put(self, key, row):
        with self._left, self._right:
            self._rows[key] = row

    def drop(self, key):
        with self._left, self._right:
            del self._rows[key]  # ok: different-locks

    def get(self, key):
        with self._left:
            return self._rows[key]  # ok: different-locks

    def all(self):
        with self._right:
            return [row for row in self._rows.values()]  # ok: different-locks


class Basket:
    """Two conditions over one lock are one lock."""

    def __init__(self):
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._emptied = threading.Condition(self._lock)
        self._items = []

    def put(self, item):
        with self._emptied:
            self._items.append(item)
            self._filled.notify()

    def take(self):
        with self._filled:
            while not self._items:
                self._filled.wait()
            return self._items.pop()  # ok: different-locks


class State:
    """Each lock has its own variable; the last value that is stored is right, whoever stores it."""

    def __init__(self):
        self._name_lock = threading.Lock()
        self._size_lock = threading.Lock()
        self._name = ""
        self._size = 0
        self._closed = False

    def rename(self, name):
        with self._name_lock:
            self._name = name
            self._closed = False

    def grow(self, size):
        with self._size_lock:
            self._size += size  # ok: different-locks
            self._closed = True  # ok: different-locks


class Base:
    def __init__(self):
        self.__lock = threading.Lock()
        self.__seen = []

    def see(self, thing):
        with self.__lock:
            self.__seen.append(thing)


class Derived(Base):
    """Private names are others in each class, the lists as well as the locks."""

    def __init__(self):
        super().__init__()
        self.__lock = threading.Lock()
        self.__seen = []

    def forget(self):
        with self.__lock:
            self.__seen = self.__seen[1:]  # ok: different-locks
