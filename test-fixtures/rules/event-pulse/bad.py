"""Events that are undone at once."""
import threading

passed = threading.Event()


class Track:
    def __init__(self):
        self._lap = threading.Event()
        self.laps = 0

    def car_passes(self):
        self.laps += 1
        self._lap.set()  # expect: event-pulse "`self._lap.set()` is undone at once"
        self._lap.clear()


def pulse():
    passed.set()  # expect: event-pulse
    passed.clear()
