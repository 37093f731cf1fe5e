# settings: profile=library
"""A mutex of Qt is taken with `lock()` and given back with `unlock()`."""
from PyQt6.QtCore import QMutex


class Pictures:
    _mutex = QMutex()
    _known = {}

    @classmethod
    def get(cls, name):
        cls._mutex.lock()
        try:
            if name not in cls._known:
                cls._known[name] = Picture(name)  # fp: lazy-init-race
            return cls._known[name]
        finally:
            cls._mutex.unlock()


class Picture:
    def __init__(self, name):
        self.name = name
