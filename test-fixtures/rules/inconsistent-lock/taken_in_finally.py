"""Locks that are taken in the `finally` of a `try` that always jumps out."""
import threading


class Gate:
    def __init__(self, fetch):
        self._lock = threading.Lock()
        self._count = 0
        self._fetch = fetch
        for _ in range(3):
            threading.Thread(target=self.enter).start()
            threading.Thread(target=self.leave).start()
            threading.Thread(target=self.reset).start()
            threading.Thread(target=self.count).start()
            threading.Thread(target=self.skip).start()

    def leave(self):
        with self._lock:
            self._count += 1

    def enter(self):
        self._take()
        self._count += 2  # ok: inconsistent-lock
        self._lock.release()

    def _take(self):
        try:
            return self._fetch()
        finally:
            self._lock.acquire()

    def reset(self):
        while True:
            try:
                print("waits")
                break
            finally:
                self._lock.acquire()  # expect: acquire-no-finally
        self._count = 0  # ok: inconsistent-lock
        self._lock.release()

    def count(self):
        try:
            return self._fetch()
        finally:
            self._lock.acquire()
            self._count += 1  # ok: inconsistent-lock
            self._lock.release()

    def skip(self):
        for _ in range(3):
            try:
                continue
            finally:
                self._count += 1  # expect: inconsistent-lock
