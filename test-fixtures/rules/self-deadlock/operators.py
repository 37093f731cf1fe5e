"""A class that is a container of its own: its operators are its methods."""
import threading


class Shelf:
    def __init__(self, room):
        self._lock = threading.Lock()
        self._jars = {}
        self.room = room

    def __len__(self):
        with self._lock:
            return len(self._jars)

    def __contains__(self, label):
        with self._lock:
            return label in self._jars

    def __getitem__(self, label):
        with self._lock:
            return self._jars[label]

    def __setitem__(self, label, jar):
        with self._lock:
            self._jars[label] = jar

    def __delitem__(self, label):
        with self._lock:
            del self._jars[label]

    def __iter__(self):
        with self._lock:
            return iter(list(self._jars))

    def fits(self):
        with self._lock:
            return len(self) < self.room  # expect: self-deadlock

    def is_full(self):
        with self._lock:
            if len(self):  # expect: self-deadlock
                return True
            return False

    def knows(self, label):
        with self._lock:
            return label in self  # expect: self-deadlock

    def open(self, label):
        with self._lock:
            return self[label]  # expect: self-deadlock

    def put(self, label, jar):
        with self._lock:
            self[label] = jar  # expect: self-deadlock

    def remove(self, label):
        with self._lock:
            del self[label]  # expect: self-deadlock

    def labels(self):
        with self._lock:
            return [label.upper() for label in self]  # expect: self-deadlock

    def swap(self, label, jar):
        old = self[label]  # ok: self-deadlock
        self[label] = jar  # ok: self-deadlock
        with self._lock:
            return old, len(self._jars)  # ok: self-deadlock
