# settings: profile=library
"""Public methods that their own class calls under its lock only, and one that it calls without, too."""
import threading


class Pool:
    def __init__(self, connect):
        self._lock = threading.Lock()
        self._connect = connect
        self._made = 0
        self._given = 0

    def get(self):
        with self._lock:
            self.count_given()
            return self.make()

    def make(self):
        self._made += 1  # ok: nonatomic-update, inconsistent-lock
        return self._connect()

    def count_given(self):
        self._given += 1  # expect: nonatomic-update

    def lend(self, one):
        self.count_given()
        return one

    def numbers(self):
        with self._lock:
            return self._made, self._given
