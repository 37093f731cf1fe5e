import threading


class Base:
    def __init__(self):
        self._mutex = threading.Lock()
        self._data = {}

    def keys(self):
        with self._mutex:
            return sorted(self._data)
