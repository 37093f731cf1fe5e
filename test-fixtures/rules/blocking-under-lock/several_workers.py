"""Workers that are kept in a list and waited for one by one, under the lock that they need or behind it."""
import queue
import threading


class Kitchen:
    def __init__(self, cooks):
        self._lock = threading.Lock()
        self._orders = queue.Queue()
        self._served = []
        self._cooks = []
        for _ in range(cooks):
            cook = threading.Thread(target=self._cook)
            cook.start()
            self._cooks.append(cook)

    def _cook(self):
        while True:
            order = self._orders.get()
            if order is None:
                return
            with self._lock:
                self._served.append(order)

    def close(self):
        with self._lock:
            for _ in self._cooks:
                self._orders.put(None)
            for cook in self._cooks:
                cook.join()  # expect: blocking-under-lock "`Kitchen.close` waits under `self._lock` for `Kitchen._cook`"

    def close_quietly(self):
        for _ in self._cooks:
            self._orders.put(None)
        for cook in self._cooks:
            cook.join()  # ok: blocking-under-lock
        with self._lock:
            self._served.clear()


def waiter(work):
    """A helper that makes the thread."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


class Terrace:
    def __init__(self):
        self._lock = threading.Lock()
        self._tables = queue.Queue()
        self._seated = []
        self._waiters = [waiter(self._seat) for _ in range(3)]

    def _seat(self):
        while True:
            table = self._tables.get()
            if table is None:
                return
            with self._lock:
                self._seated.append(table)

    def close(self):
        with self._lock:
            self._send_home()  # expect: blocking-under-lock "for `Terrace._seat`"

    def _send_home(self):
        waiters, self._waiters = self._waiters[:], []
        for _ in waiters:
            self._tables.put(None)
        for one in waiters:
            one.join()


class Cloakroom:
    """The lock is for the list of threads, and none of them takes it."""

    def __init__(self):
        self._lock = threading.Lock()
        self._coats = queue.Queue()
        self._hangers = {}

    def open(self, name):
        with self._lock:
            hanger = threading.Thread(target=self._hang)
            self._hangers[name] = hanger
            hanger.start()

    def _hang(self):
        while self._coats.get() is not None:
            pass

    def close(self):
        with self._lock:
            for hanger in self._hangers.values():
                self._coats.put(None)
                hanger.join()  # ok: blocking-under-lock


class Guests(threading.Thread):
    def __init__(self, house):
        super().__init__()
        self._house = house

    def run(self):
        self._house.enter(self)


class House:
    def __init__(self):
        self._lock = threading.Lock()
        self._guests = {}
        self._inside = []

    def invite(self, name):
        guest = Guests(self)
        self._guests[name] = guest
        guest.start()

    def enter(self, guest):
        with self._lock:
            self._inside.append(guest)

    def close(self):
        with self._lock:
            for guest in self._guests.values():
                guest.join()  # expect: blocking-under-lock
