"""A clock and a factory never come back; what answers an event may."""
import threading


class Leases:
    def __init__(self, clock, make, on_end):
        self._lock = threading.Lock()
        self._clock = clock
        self._make = make
        self._on_end = on_end
        self._held = {}

    def grant(self, name):
        with self._lock:
            self._held[name] = (self._clock(), self._make())

    def end(self, name):
        with self._lock:
            self._held.pop(name, None)
            self._on_end(name)  # expect: callback-under-lock "`self._on_end`"
