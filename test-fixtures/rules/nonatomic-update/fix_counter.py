"""A number that is only given out: one operation of a counter gives each thread its own."""
import threading


class Tickets:
    def __init__(self):
        self._last = 0

    def draw(self):
        self._last += 1  # expect: nonatomic-update
        return self._last


class Berths:
    def __init__(self):
        self._next = 1

    def take(self):
        number = self._next
        self._next += 1  # expect: nonatomic-update
        return number


tickets = Tickets()
berths = Berths()
for _ in range(4):
    threading.Thread(target=tickets.draw).start()
    threading.Thread(target=berths.take).start()
