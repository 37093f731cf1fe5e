"""What was compared, and then changed because of it."""
import threading
import time


class Gauge:
    def __init__(self):
        self.highest = 0
        self.until = 0.0
        self.mode = "idle"
        self.left = {"adult": 10}
        self.seats = 10
        self.began = 0
        self.notification_shown = False
        self.lowest = 0
        self._lock = threading.Lock()

    def see(self, value):
        if value > self.highest:
            self.highest = value  # expect: check-then-act "newer value"

    def renew(self):
        if self.until < time.time():
            self.until = time.time() + 60  # expect: check-then-act

    def sell(self, kind, count):
        if self.left[kind] >= count:
            with self._lock:
                self.left[kind] -= count  # expect: check-then-act "limit may be passed"

    def seat(self, count):
        left = self.seats
        if left < count:
            raise ValueError(count)
        with self._lock:
            self.seats -= count  # expect: check-then-act "after the test"

    def lend(self, kind):
        if self.left.get(kind, 0) <= 0:
            return False
        with self._lock:
            self.left[kind] -= 1  # expect: check-then-act "limit may be passed"
        return True

    def see_low(self, value):
        if value < self.lowest:
            with self._lock:
                if value < self.lowest:
                    self.lowest = value  # ok: check-then-act

    def begin(self, now):
        if self.began > 0:
            self.began = now  # ok: check-then-act

    def tell(self):
        if self.notification_shown:
            return False
        self.notification_shown = True  # ok: check-then-act
        return True

    def switch(self, mode):
        if self.mode != mode:
            self.mode = mode  # ok: check-then-act

    def run(self):
        for value in range(100):
            self.see(value)
            self.renew()
            self.sell("adult", 1)
            self.lend("adult")
            self.seat(2)
            self.see_low(value)
            self.switch("busy")
            self.begin(value)
            self.tell()


gauge = Gauge()
for _ in range(4):
    threading.Thread(target=gauge.run).start()
