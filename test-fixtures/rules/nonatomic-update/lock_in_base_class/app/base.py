import threading


class Service:
    def __init__(self):
        self._lock = threading.RLock()
        self.calls = 0

    def locked(self):
        return self._lock
