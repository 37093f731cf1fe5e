"""Methods that only constructors call: of the object itself they make its lock, of another they replace it."""
import threading


class Sink:
    def __init__(self):
        self.create_lock()

    def create_lock(self):
        self.lock = threading.RLock()  # ok: lock-rebound

    def write(self, line):
        with self.lock:
            print(line)


class Shelf:
    def __init__(self):
        self.lock = threading.Lock()
        self.books = 0

    def put(self):
        with self.lock:
            self.books += 1

    def renew(self):
        self.lock = threading.Lock()  # fn: lock-rebound


class Reader:
    def __init__(self, shelf: Shelf):
        shelf.renew()
