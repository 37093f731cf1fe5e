"""The lock that the others hold."""
import threading


class Names:
    def __init__(self):
        self._lock = threading.Lock()
        self._names = []

    def add(self, name):
        with self._lock:
            self._names.append(name)

    def remove(self, name):
        with self._lock:
            self._names.remove(name)

    def clear(self):
        print("clearing")
        self._names.clear()  # expect: inconsistent-lock
