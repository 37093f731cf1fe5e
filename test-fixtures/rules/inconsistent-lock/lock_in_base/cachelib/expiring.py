"""The subclass, in another module, knows the lock and forgets it once."""
from cachelib.base import Base


class Expiring(Base):
    def __init__(self, clock):
        super().__init__()
        self._clock = clock
        self._due = {}

    def put_for(self, key, value, seconds):
        with self._lock:
            self._store[key] = value
            self._due[key] = self._clock() + seconds

    def is_due(self, key):
        with self._lock:
            return self._due[key] <= self._clock()

    def evict(self, key):
        del self._due[key]  # expect: inconsistent-lock "self._due"
        with self._lock:
            del self._store[key]  # ok: inconsistent-lock
