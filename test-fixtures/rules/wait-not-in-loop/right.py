"""Tested again, left to the caller, or only a pause."""
import threading


class Oven:
    def __init__(self):
        self._ready = threading.Condition()
        self._rung = threading.Event()
        self._loaves = []
        self._stopping = False

    def bake(self, loaf):
        with self._ready:
            self._loaves.append(loaf)
            self._ready.notify()

    def take(self):
        with self._ready:
            while not self._loaves:
                self._ready.wait()  # ok: wait-not-in-loop
            return self._loaves.pop()

    def take_soon(self):
        with self._ready:
            if not self._ready.wait_for(lambda: self._loaves, 2):
                return None
            return self._loaves.pop()

    def _pause(self):
        self._ready.wait()  # ok: wait-not-in-loop

    def take_through_helper(self):
        with self._ready:
            while not self._loaves:
                self._pause()
            return self._loaves.pop()

    def tick(self):
        with self._ready:
            self._ready.wait(0.5)  # ok: wait-not-in-loop

    def rest(self):
        with self._ready:
            if not self._stopping:
                self._ready.wait(0.5)  # ok: wait-not-in-loop

    def ring(self):
        self._rung.wait()  # ok: wait-not-in-loop

    def told(self):
        with self._ready:
            return self._ready.wait(1)  # ok: wait-not-in-loop

    def take_or_fail(self):
        with self._ready:
            if not self._loaves:
                self._ready.wait(1)  # ok: wait-not-in-loop
            if not self._loaves:
                raise TimeoutError
            return self._loaves.pop()

    def take_or_none(self):
        with self._ready:
            if not self._loaves:
                self._ready.wait(1)  # ok: wait-not-in-loop
            try:
                return self._loaves.pop()
            except IndexError:
                return None


class Kitchen:
    """The loop of the cook is the loop of the wait, too: it looks again before it takes."""

    def __init__(self):
        self.changed = threading.Condition()
        self.orders = []
        for _ in range(3):
            threading.Thread(target=self.cook).start()
            threading.Thread(target=self.help).start()
            threading.Thread(target=self.wash).start()

    def order(self, dish):
        with self.changed:
            self.orders.append(dish)
            self.changed.notify_all()

    def cook(self):
        while True:
            with self.changed:
                if not self.orders:
                    self.changed.wait()  # ok: wait-not-in-loop
                    continue
                dish = self.orders.pop(0)
            print(dish)

    def help(self):
        while True:
            with self.changed:
                if not self.orders:
                    self.changed.wait()  # ok: wait-not-in-loop
                if self.orders:
                    print(self.orders.pop())

    def wash(self):
        while True:
            with self.changed:
                if not self.orders:
                    self.changed.wait()  # ok: wait-not-in-loop
                try:
                    dish = self.orders.pop()
                except IndexError:
                    continue
            print(dish)
