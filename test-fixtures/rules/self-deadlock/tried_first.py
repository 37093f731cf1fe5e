"""A call that is made only when nobody holds the lock, and methods of another subclass."""
import threading


class Client:
    def __init__(self):
        self._callback_lock = threading.Lock()
        self._waiting = []

    def resend(self):
        with self._callback_lock:
            self._queue("again")  # ok: self-deadlock

    def _queue(self, packet):
        self._waiting.append(packet)
        if self._callback_lock.acquire(False):
            self._callback_lock.release()
            self._write()

    def _write(self):
        with self._callback_lock:
            self._waiting.clear()


class Store:
    def __init__(self):
        self._lock = threading.Lock()

    def save(self):
        self.flush()

    def flush(self):
        pass


class Eager(Store):
    def update(self):
        with self._lock:
            self.save()  # ok: self-deadlock


class Careful(Store):
    def flush(self):
        with self._lock:
            pass
