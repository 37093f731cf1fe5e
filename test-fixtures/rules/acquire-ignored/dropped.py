"""Locks that were perhaps not taken."""
import threading

_printer = threading.Lock()


class Kiosk:
    def __init__(self):
        self._till = threading.Lock()
        self._slots = threading.BoundedSemaphore(2)
        self.sum = 0

    def pay(self, cents):
        self._till.acquire(timeout=1)  # expect: acquire-ignored "`Kiosk.pay` goes on without `self._till`"
        self.sum += cents
        self._till.release()

    def fetch(self, url):
        self._slots.acquire(True, 5)  # expect: acquire-ignored
        try:
            return url.read()
        finally:
            self._slots.release()


def show(page):
    _printer.acquire(blocking=False)  # expect: acquire-ignored
    print(page)
    _printer.release()
