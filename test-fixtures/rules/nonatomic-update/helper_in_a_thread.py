# settings: profile=library
"""A loop that is its program's own in one thread, and a second one that another object keeps for itself and runs in a thread."""
import threading


class Loop:
    def __init__(self):
        self._turns = 0
        self._left = 10

    def run(self):
        while self._left > 0:
            self._turns += 1  # ok: nonatomic-update
            self._left -= 1

    def turn(self):
        self._turns += 1  # ok: nonatomic-update
        return self._turns


class Waker:
    def __init__(self):
        self._loop = Loop()
        self._thread = None

    def start(self):
        self._thread = threading.Thread(target=self._loop.run)
        self._thread.start()


class Clock:
    def __init__(self):
        self._ticks = 0

    def start(self):
        threading.Thread(target=self.run).start()

    def run(self):
        for _ in range(10):
            self._ticks += 1  # expect: nonatomic-update

    def tick(self):
        self._ticks += 1  # expect: nonatomic-update
        return self._ticks
