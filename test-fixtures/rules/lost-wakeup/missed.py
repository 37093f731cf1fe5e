"""Signals that come when nobody looks, or reach the wrong one."""
import threading


class Gate:
    def __init__(self):
        self._cond = threading.Condition()
        self._open = False

    def open(self):
        with self._cond:
            self._open = True  # evidence: lost-wakeup
            self._cond.notify_all()

    def pass_through(self):
        if not self._open:  # evidence: lost-wakeup
            with self._cond:
                self._cond.wait()  # expect: lost-wakeup "a notification that has already gone"


class Shelf:
    """One place."""

    def __init__(self):
        self._changed = threading.Condition()
        self._part = None

    def put(self, part):
        with self._changed:
            while self._part is not None:
                self._changed.wait()
            self._part = part
            self._changed.notify()  # expect: lost-wakeup "can wake the wrong thread"

    def take(self):
        with self._changed:
            while self._part is None:
                self._changed.wait()
            part, self._part = self._part, None
            self._changed.notify()  # expect: lost-wakeup
            return part


class Kitchen:
    def __init__(self):
        self.bell = threading.Event()
        self.done = threading.Event()
        self.orders = []

    def order(self, dish):
        self.orders.append(dish)
        self.bell.set()

    def cook(self):
        while True:
            self.bell.wait()
            self._serve()
            self.bell.clear()  # expect: lost-wakeup "cleared after the work"

    def _serve(self):
        while self.orders:
            print(self.orders.pop())

    def announce(self):
        self.done.set()  # expect: event-pulse
        self.done.clear()
