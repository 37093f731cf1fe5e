"""A method holds the lock and reads a property, or calls a method, that takes it again."""
import threading


class Box:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0
        self._names = []

    @property
    def count(self):
        with self._lock:
            return self._count

    def size(self):
        with self._lock:
            return len(self._names)

    def bump(self):
        with self._lock:
            self._count = self.count + 1  # expect: self-deadlock "self._lock"

    def add(self, name):
        with self._lock:
            self._names.append(name)
            return self.size()  # expect: self-deadlock "size"

    def add_through_helper(self, name):
        with self._lock:
            self._names.append(name)
            self._tell(name)  # expect: self-deadlock "self._lock"

    def _tell(self, name):
        self._tell_more(name)

    def _tell_more(self, name):
        with self._lock:
            print(name, self._names)

    def twice(self):
        with self._lock:
            with self._lock:  # expect: self-deadlock "self._lock"
                self._count += 1

    def add_then_size(self, name):
        with self._lock:
            self._names.append(name)
        return self.size()  # ok: self-deadlock

    def bump_directly(self):
        with self._lock:
            self._count = self._count + 1  # ok: self-deadlock
