"""A lock taken by hand; one path gives it back too early."""
import threading


class Ledger:
    def __init__(self):
        self._guard = threading.Lock()
        self._entries = []
        self._sum = 0

    def book(self, amount):
        self._guard.acquire()
        try:
            self._entries.append(amount)  # ok: inconsistent-lock
            self._sum += amount  # ok: inconsistent-lock
        finally:
            self._guard.release()

    def undo(self):
        self._guard.acquire()
        try:
            amount = self._entries.pop()  # ok: inconsistent-lock
        finally:
            self._guard.release()
        self._sum -= amount  # expect: inconsistent-lock "self._sum"
        return amount

    def balance(self):
        with self._guard:
            return self._sum

    def try_book(self, amount):
        if not self._guard.acquire(timeout=1):
            return False
        try:
            self._entries.append(amount)  # ok: inconsistent-lock
        finally:
            self._guard.release()
        return True
