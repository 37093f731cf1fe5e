"""What is taken out under the lock, and replaced there by a new one, is nobody else's any more."""
import threading


def note(where, text):
    where()["text"] = text


class Deferred:
    def __init__(self):
        self._calls = []
        self._kept = []
        self._lock = threading.Lock()

    def later(self, call):
        with self._lock:
            self._calls.append(call)
            self._kept.append(call)

    def run(self):
        with self._lock:
            calls = self._calls
            self._calls = []
        for call in calls:  # ok: inconsistent-lock
            call()

    def run_swapped(self):
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:  # ok: inconsistent-lock
            call()

    def run_kept(self):
        with self._lock:
            kept = self._kept
        for call in kept:  # expect: inconsistent-lock
            call()

    def run_too_late(self):
        with self._lock:
            kept = self._kept
        with self._lock:
            self._kept = []
        for call in kept:  # fp: inconsistent-lock
            call()
