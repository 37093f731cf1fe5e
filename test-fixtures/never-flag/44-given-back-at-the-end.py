# settings: profile=library
"""What one method takes and another gives back: the lock is held from the beginning of the second to its release."""
import threading


class Hall:
    def __init__(self):
        self._lock = threading.Lock()
        self._guests = []
        self._busy = False

    def enter(self, guest):
        with self._lock:
            self._guests.append(guest)

    def leave(self, guest):
        with self._lock:
            self._guests.remove(guest)


class Guard:
    def __init__(self, hall):
        self._hall = hall

    def __enter__(self):
        self._hall._lock.acquire()
        self._hall._busy = True
        return self

    def __exit__(self, kind, error, trace):
        self._hall._busy = False
        for guest in self._hall._guests:
            guest.greet()
        self._hall._lock.release()
