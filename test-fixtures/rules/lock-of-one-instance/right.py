"""The lock is where the state is, or there is one object only."""
import threading


class Till:
    open_tills = 0
    _lock = threading.Lock()
    _by_name = {}

    def __init__(self):
        self._own = threading.Lock()
        self.count = 0

    def open(self):
        with Till._lock:
            Till.open_tills += 1  # ok: lock-of-one-instance

    def pay(self):
        with self._own:
            self.count += 1  # ok: lock-of-one-instance

    def name(self, name):
        with self._own:
            Till._by_name[name] = self  # ok: lock-of-one-instance


class Registry:
    entries = 0

    def __init__(self):
        self._lock = threading.Lock()

    def add(self):
        with self._lock:
            Registry.entries += 1  # ok: lock-of-one-instance


registry = Registry()
threading.Thread(target=registry.add).start()
threading.Thread(target=registry.add).start()
