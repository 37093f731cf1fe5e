"""Conditions that are used without their lock."""
import threading

_gate = threading.Condition()
_open = False


def open_gate():
    global _open
    with _gate:
        _open = True
    _gate.notify_all()  # expect: condition-without-lock "`_gate.notify_all()` without its lock raises"


class Ferry:
    def __init__(self):
        self._lock = threading.Lock()
        self._full = threading.Condition(self._lock)
        self._empty = threading.Condition()
        self._cars = []

    def board(self, car):
        with self._empty:
            self._cars.append(car)
            self._full.notify()  # expect: condition-without-lock

    def _await_cars(self):
        while not self._cars:
            self._full.wait()  # expect: condition-without-lock "`Ferry._await_cars` does not hold"

    def depart(self):
        self._await_cars()  # evidence: condition-without-lock
        with self._full:
            self._cars.clear()
