"""Parts that are made with their whole and call it back, which the whole closes with its lock held."""
import threading


class Tab:
    def __init__(self, window):
        self._window = window

    def close(self):
        self._window.forget(self)


class Window:
    def __init__(self):
        self._lock = threading.Lock()
        self._tabs = []

    def open(self):
        tab = Tab(self)
        with self._lock:
            self._tabs.append(tab)
        return tab

    def forget(self, tab):
        with self._lock:
            self._tabs.remove(tab)

    def close(self):
        with self._lock:
            for tab in list(self._tabs):
                tab.close()  # expect: self-deadlock "`Tab.close` takes `self._lock`, which is held here already"

    def close_later(self):
        with self._lock:
            tabs = list(self._tabs)
        for tab in tabs:
            tab.close()  # ok: self-deadlock


class Line:
    def __init__(self, exchange):
        self._exchange = exchange

    def hang_up(self):
        self._exchange.free()


class Exchange:
    def __init__(self):
        self._lock = threading.Lock()
        self._lines = {}
        self._trunk = None

    def call(self, name):
        with self._lock:
            self._lines[name] = Line(self)

    def connect(self):
        with self._lock:
            self._trunk = Line(self)

    def free(self):
        with self._lock:
            self._trunk = None

    def drop(self, name):
        with self._lock:
            self._lines[name].hang_up()  # expect: self-deadlock

    def shut(self):
        with self._lock:
            if self._trunk is not None:
                self._trunk.hang_up()  # expect: self-deadlock


class Guest:
    def __init__(self, host):
        self._host = host

    def leave(self):
        self._host.wave(self)


class Host:
    """Not all of the guests are its own."""

    def __init__(self):
        self._lock = threading.Lock()
        self._guests = []

    def invite(self):
        self._guests.append(Guest(self))

    def take_in(self, other):
        self._guests.append(Guest(other))

    def wave(self, guest):
        with self._lock:
            print(guest)

    def end(self):
        with self._lock:
            for guest in self._guests:
                guest.leave()  # ok: self-deadlock


class Leaf:
    def __init__(self, branch):
        self._branch = branch
        self.lock = threading.Lock()

    def fall(self):
        with self.lock:
            print("falls")


class Branch:
    """Each leaf has a lock of its own."""

    def __init__(self):
        self._leaves = []

    def grow(self):
        self._leaves.append(Leaf(self))

    def shake(self):
        for leaf in self._leaves:
            with leaf.lock:
                for other in self._leaves:
                    if other is not leaf:
                        other.fall()  # ok: self-deadlock
