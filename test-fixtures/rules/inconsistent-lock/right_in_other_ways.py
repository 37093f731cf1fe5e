"""Accesses without a visible `with` that are right all the same."""
import threading
from collections import deque
from contextlib import ExitStack, contextmanager
from queue import Queue


def synchronized(method):
    def inside(self, *args):
        with self._lock:
            return method(self, *args)

    return inside


class Tracker:
    def __init__(self, names):
        self._lock = threading.RLock()
        self._names = {}
        self._queue = Queue()
        self._running = False
        self._thread = threading.Thread(target=self._run)
        for name in names:
            self._names[name] = 0  # ok: inconsistent-lock
        self._load_defaults()

    def _load_defaults(self):
        self._names["default"] = 0  # ok: inconsistent-lock

    def add(self, name):
        with self._lock:
            self._insert(name)

    def add_two(self, first, second):
        with self._lock:
            self._insert(first)
            self._insert(second)

    def _insert(self, name):
        self._names[name] = 0  # ok: inconsistent-lock

    def _remove_locked(self, name):
        del self._names[name]  # ok: inconsistent-lock

    def _rename(self, old, new):
        """Gives an entry another name. The caller must hold the lock."""
        self._names[new] = self._names.pop(old)  # ok: inconsistent-lock

    @synchronized
    def clear(self):
        self._names.clear()  # ok: inconsistent-lock

    @contextmanager
    def _holding(self):
        with self._lock:
            yield

    def drop(self, name):
        with self._holding():
            self._names.pop(name, None)  # ok: inconsistent-lock

    def drop_all(self, names):
        with ExitStack() as stack:
            stack.enter_context(self._lock)
            for name in names:
                self._names.pop(name, None)  # ok: inconsistent-lock

    def start(self):
        with self._lock:
            self._running = True
            self._thread.start()

    def _run(self):
        while self._running:
            self._queue.get()

    def stop(self):
        self._running = False  # ok: inconsistent-lock
        self._queue.put(None)

    def post(self, item):
        with self._lock:
            self._queue.put(item)

    def post_late(self, item):
        self._queue.put(item)  # ok: inconsistent-lock

    def close(self):
        self.stop()
        self._thread.join()
        self._names.clear()  # ok: inconsistent-lock


class Recent:
    """Locks once for a reason of its own; nearly everything else goes without."""

    def __init__(self):
        self._lock = threading.Lock()
        self._seen = deque(maxlen=10)
        self._label = ""

    def add(self, item):
        self._seen.append(item)  # ok: inconsistent-lock

    def add_old(self, item):
        self._seen.appendleft(item)  # ok: inconsistent-lock

    def newest(self):
        return self._seen[-1]  # ok: inconsistent-lock

    def oldest(self):
        return self._seen[0]  # ok: inconsistent-lock

    def label(self, text):
        self._label = text  # ok: inconsistent-lock

    def title(self):
        return self._label.title()  # ok: inconsistent-lock

    def pop(self):
        return self._seen.pop()  # ok: inconsistent-lock

    def trim(self):
        return self._seen.popleft()  # ok: inconsistent-lock

    def swap_ends(self):
        with self._lock:
            self._seen.rotate(1)


class Borrowed:
    """The lock is handed in, and shared with whoever made it."""

    def __init__(self, lock):
        self._lock = lock
        self._entries = {}

    def put(self, key, value):
        with self._lock:
            self._entries[key] = value  # ok: inconsistent-lock

    def take(self, key):
        with self._lock:
            return self._entries.pop(key)  # ok: inconsistent-lock

    @classmethod
    def from_pairs(cls, lock, pairs):
        made = cls(lock)
        for key, value in pairs:
            made._entries[key] = value  # ok: inconsistent-lock
        return made


class Recipes:
    """Recipes are only ever added, so one that was found is still there a moment later."""

    def __init__(self):
        self._lock = threading.RLock()
        self._recipes = {}

    def add(self, name, recipe):
        with self._lock:
            self._recipes[name] = recipe

    def add_all(self, recipes):
        with self._lock:
            for name, recipe in recipes:
                self._recipes[name] = recipe

    def names(self):
        with self._lock:
            return sorted(self._recipes)

    def cook(self, name):
        if name not in self._recipes:
            raise ValueError(name)
        return self._recipes[name].cook()  # ok: inconsistent-lock


class Tickets:
    """Here they go, too."""

    def __init__(self):
        self._lock = threading.RLock()
        self._tickets = {}

    def add(self, name, ticket):
        with self._lock:
            self._tickets[name] = ticket

    def tear(self, name):
        with self._lock:
            del self._tickets[name]

    def names(self):
        with self._lock:
            return sorted(self._tickets)

    def show(self, name):
        if name not in self._tickets:
            raise ValueError(name)
        return self._tickets[name].text  # expect: inconsistent-lock
