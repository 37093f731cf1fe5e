# settings: profile=library
"""A lock that may be missing is tested before it is taken: that it is there at all is settled before threads are."""
import threading


class Sink:
    def __init__(self):
        self.lock = None
        self.lines = 0
        self.create_lock()

    def create_lock(self):
        self.lock = threading.RLock()

    def drop_lock(self):
        self.lock = None

    def enter(self):
        if self.lock:
            self.lock.acquire()  # ok: check-then-act

    def leave(self):
        if self.lock:
            self.lock.release()  # ok: check-then-act
