"""Two objects get to know each other where they are made: each calls the other under its own lock."""
import threading


class Feed:
    def __init__(self):
        self._lock = threading.Lock()
        self._last = {}
        self.wall = None

    def push(self, name, value):
        with self._lock:
            self._last[name] = value
            self.wall.show(name, value)  # expect: lock-order-inversion

    def last(self, name):
        with self._lock:  # evidence: lock-order-inversion
            return self._last.get(name)


class Wall:
    def __init__(self, feed):
        self._lock = threading.Lock()
        self._rows = {}
        self._feed = feed

    def show(self, name, value):
        with self._lock:  # evidence: lock-order-inversion
            self._rows[name] = value

    def refresh(self):
        with self._lock:
            for name in list(self._rows):
                self._rows[name] = self._feed.last(name)


class Lamp:
    """Another class with an attribute of that name: what is stored there is not stored in a feed."""

    def __init__(self):
        self.wall = None


def pushes(feed):
    while True:
        feed.push("t", 1)


def refreshes(wall):
    while True:
        wall.refresh()


feed = Feed()
wall = Wall(feed)
feed.wall = wall
Lamp().wall = "north"
threading.Thread(target=pushes, args=(feed,)).start()
threading.Thread(target=refreshes, args=(wall,)).start()
