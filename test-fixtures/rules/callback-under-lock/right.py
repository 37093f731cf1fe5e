"""Called without the lock, with one that may be taken again, or known."""
import threading
import weakref


class Barometer:
    def __init__(self, on_storm):
        self._lock = threading.Lock()
        self._watchers = []
        self._on_storm = on_storm
        self._pressure = 0

    def watch(self, watcher):
        with self._lock:
            self._watchers.append(watcher)

    def measure(self, value):
        with self._lock:
            self._pressure = value
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher(value)  # ok: callback-under-lock
        self._on_storm(value)  # ok: callback-under-lock

    def map(self, function):
        with self._lock:
            return function(self._pressure)  # ok: callback-under-lock

    def rounded(self):
        with self._lock:
            return round(self._pressure)  # ok: callback-under-lock


class Quiet:
    def __init__(self):
        self._lock = threading.RLock()
        self._watchers = []

    def watch(self, watcher):
        with self._lock:
            self._watchers.append(watcher)

    def tell(self):
        with self._lock:
            for watcher in self._watchers:
                watcher()  # ok: callback-under-lock


class Observers:
    def __init__(self):
        self._lock = threading.Lock()
        self._observers = []

    def observe(self, observer, weak):
        with self._lock:
            self._forget_dead()
            self._observers.append((id(observer), weakref.ref(observer) if weak else observer))

    def _forget_dead(self):
        self._observers = [
            one
            for one in self._observers
            if not (isinstance(one[1], weakref.ReferenceType) and one[1]() is None)  # ok: callback-under-lock
        ]

    def first(self):
        with self._lock:
            for _, observer in self._observers:
                if isinstance(observer, weakref.ref):
                    observer = observer()  # ok: callback-under-lock
                return observer
