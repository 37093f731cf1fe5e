"""A number that is only given out: one operation of a counter gives each thread its own."""
import itertools
import threading


class Tickets:
    def __init__(self):
        self._last = itertools.count(1)

    def draw(self):
        # expect: nonatomic-update
        return next(self._last)


class Berths:
    def __init__(self):
        self._next = itertools.count(1)

    def take(self):
        number = next(self._next)
        # expect: nonatomic-update
        return number


tickets = Tickets()
berths = Berths()
for _ in range(4):
    threading.Thread(target=tickets.draw).start()
    threading.Thread(target=berths.take).start()
