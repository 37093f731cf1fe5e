"""Generators that leave their lock locked while somebody else goes on."""
import threading

_catalogue_lock = threading.Lock()
_catalogue = []


class Choir:
    def __init__(self):
        self._lock = threading.Lock()
        self._voices = {}

    def voices(self):
        with self._lock:
            for name in self._voices:
                yield name  # expect: yield-under-lock "`Choir.voices` yields while it holds `self._lock`"

    def pairs(self):
        self._lock.acquire()
        try:
            yield from self._voices.items()  # expect: yield-under-lock
        finally:
            self._lock.release()


def titles():
    yield "title"
    with _catalogue_lock:
        for book in _catalogue:
            yield book.title  # expect: yield-under-lock
