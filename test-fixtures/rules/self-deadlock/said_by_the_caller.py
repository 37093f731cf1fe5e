"""What a caller says by a flag decides whether the lock is taken once more."""
import threading


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = []

    def add(self, row):
        with self._lock:
            self._rows.append(row)
            if len(self._rows) > 10:
                self.flush(locked=True)  # ok: self-deadlock
            self.trim(False)  # ok: self-deadlock
            self.write()  # ok: self-deadlock

    def replace(self, rows):
        with self._lock:
            self._rows = rows
            self.flush()  # expect: self-deadlock "`Ledger.flush` takes `self._lock`"

    def drop(self):
        with self._lock:
            self.sort(locked=True)  # expect: self-deadlock

    def tell(self, flags):
        with self._lock:
            self.flush(**flags)  # expect: self-deadlock

    def flush(self, locked=False):
        if locked:
            self._rows.clear()
            return
        with self._lock:
            self._rows.clear()

    def trim(self, take=True):
        if take:
            self._lock.acquire()
        try:
            del self._rows[100:]
        finally:
            if take:
                self._lock.release()

    def write(self, guard=None):
        if guard is not None:
            with self._lock:
                guard.write(self._rows)

    def sort(self, locked=False):
        locked = locked and len(self._rows) > 2
        if not locked:
            with self._lock:
                self._rows.sort()
