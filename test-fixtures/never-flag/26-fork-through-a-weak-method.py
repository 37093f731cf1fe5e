"""What runs in a process that was just forked, by a method that is held weakly; a property that gives a thread's own state."""
import os
import threading
import weakref


class Courier:
    def __init__(self):
        self._reset()
        method = weakref.WeakMethod(self._reset)
        os.register_at_fork(after_in_child=lambda: method()())
        for _ in range(3):
            threading.Thread(target=self.take).start()

    def _reset(self):
        self._lock = threading.Lock()
        self._bag = []

    def add(self, parcel):
        with self._lock:
            self._bag.append(parcel)

    def take(self):
        with self._lock:
            bag, self._bag = self._bag, []
            return bag


class Local(threading.local):
    def __init__(self):
        self.counts = {"idle": 0}


class Retrying:
    def __init__(self):
        self._local = Local()

    @property
    def counts(self):
        return self._local.counts

    def run(self):
        self.counts["idle"] += 1


retrying = Retrying()
for _ in range(3):
    threading.Thread(target=retrying.run).start()
