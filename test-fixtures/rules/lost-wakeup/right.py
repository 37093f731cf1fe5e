"""The test, the change and the signal belong together."""
import threading
import time


class Gate:
    def __init__(self):
        self._cond = threading.Condition()
        self._open = False

    def open(self):
        with self._cond:
            self._open = True
            self._cond.notify_all()

    def pass_through(self):
        if self._open:
            return
        with self._cond:
            while not self._open:
                self._cond.wait()  # ok: lost-wakeup

    def look(self):
        while not self._open:
            with self._cond:
                self._cond.wait(0.1)  # ok: lost-wakeup


class Shelf:
    def __init__(self):
        self._lock = threading.Lock()
        self._free = threading.Condition(self._lock)
        self._full = threading.Condition(self._lock)
        self._part = None

    def put(self, part):
        with self._lock:
            while self._part is not None:
                self._free.wait()  # ok: lost-wakeup
            self._part = part
            self._full.notify()  # ok: lost-wakeup

    def take(self):
        with self._lock:
            while self._part is None:
                self._full.wait()  # ok: lost-wakeup
            part, self._part = self._part, None
            self._free.notify()  # ok: lost-wakeup
            return part


class Kitchen:
    def __init__(self):
        self.bell = threading.Event()
        self.pause = threading.Event()
        self.orders = []

    def order(self, dish):
        self.orders.append(dish)
        self.bell.set()

    def cook(self):
        while True:
            self.bell.wait()
            self.bell.clear()  # ok: lost-wakeup
            while self.orders:
                print(self.orders.pop())

    def rest(self):
        self.pause.set()
        time.sleep(5)
        self.pause.clear()  # ok: lost-wakeup
