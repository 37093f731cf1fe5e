"""Values that belong together and are stored one after the other."""
import threading


class Wind:
    def __init__(self, vane):
        self.vane = vane
        self.speed = 0.0
        self.angle = 0.0

    def measure(self):
        while True:
            speed, angle = self.vane.read()
            self.speed = speed
            self.angle = angle  # expect: torn-pair "`self.speed` and `self.angle`"

    def sail(self, boat):
        boat.trim(self.speed, self.angle)  # evidence: torn-pair


def main(vane, boat):
    wind = Wind(vane)
    threading.Thread(target=wind.measure, daemon=True).start()
    while True:
        wind.sail(boat)


class Mean:
    def __init__(self):
        self._lock = threading.Lock()
        self._sum = 0.0
        self._n = 0
        threading.Thread(target=self._show, daemon=True).start()

    def add(self, value):
        with self._lock:
            self._sum += value
            self._n += 1

    def mean(self):
        total = self._sum
        return total / self._n  # expect: torn-pair "`self._lock`"

    def _show(self):
        while True:
            print(self.mean())


class Tally:
    """Several threads add under the lock; who reads does not take it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.weight = 0
        self.pieces = 0

    def add(self, weight):
        with self.lock:
            self.weight += weight  # evidence: torn-pair
            self.pieces += 1

    def average(self):
        return self.weight / self.pieces if self.pieces else 0  # expect: torn-pair "are read without `self.lock`"


def weigh(scales):
    tally = Tally()
    for scale in scales:
        threading.Thread(target=lambda scale=scale: [tally.add(one) for one in scale]).start()
    print(tally.average())
