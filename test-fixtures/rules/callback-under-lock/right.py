"""Called without the lock, with one that may be taken again, or known."""
import threading


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
