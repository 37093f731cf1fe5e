"""Callables of other people, called with the lock held."""
import threading


class Barometer:
    def __init__(self, on_storm):
        self._lock = threading.Lock()
        self._watchers = []
        self._by_name = {}
        self._on_storm = on_storm
        self._pressure = 0

    def watch(self, watcher, name):
        with self._lock:  # evidence: callback-under-lock
            self._watchers.append(watcher)
            self._by_name[name] = watcher

    def pressure(self):
        with self._lock:
            return self._pressure

    def measure(self, value):
        with self._lock:
            self._pressure = value
            for watcher in self._watchers:
                watcher(value)  # expect: callback-under-lock "`Barometer.measure` calls `watcher`"

    def ask(self, name):
        with self._lock:
            return self._by_name[name](self._pressure)  # expect: callback-under-lock

    def storm(self):
        with self._lock:
            self._tell()  # expect: callback-under-lock "`self._on_storm`"

    def _tell(self):
        self._on_storm(self._pressure)
