"""Taken out in one section of the lock and emptied in the next."""

import threading
import time


class Outbox:
    def __init__(self, wire):
        self._wire = wire
        self._rows = []
        self._bytes = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._flush_loop, daemon=True).start()

    def add(self, row):
        with self._lock:
            self._rows.append(row)
            self._bytes += len(row)

    def _flush_loop(self):
        while True:
            time.sleep(1)
            self.flush()
            self.report()

    def flush(self):
        with self._lock:
            rows = list(self._rows)
        self._wire.send(rows)
        with self._lock:
            self._rows = []  # expect: drain-loses-items "when the lock is free"

    def report(self):
        with self._lock:
            size = self._bytes
        print(size)
        with self._lock:
            self._bytes = 0  # expect: drain-loses-items "one section"


class InOne:
    def __init__(self, wire):
        self._wire = wire
        self._rows = []
        self._lock = threading.Lock()
        threading.Thread(target=self._flush_loop, daemon=True).start()

    def add(self, row):
        with self._lock:
            self._rows.append(row)

    def _flush_loop(self):
        while True:
            self.flush()

    def flush(self):
        with self._lock:
            rows = list(self._rows)
            self._rows = []  # ok: drain-loses-items
        self._wire.send(rows)


class Swapped:
    """What is added meanwhile is in the list that is sent afterwards."""

    def __init__(self, wire):
        self._wire = wire
        self._rows = []
        self._lock = threading.Lock()
        threading.Thread(target=self._flush_loop, daemon=True).start()

    def add(self, row):
        with self._lock:
            self._rows.append(row)

    def _flush_loop(self):
        while True:
            self.flush()

    def flush(self):
        with self._lock:
            rows = self._rows
        with self._lock:
            self._rows = []  # ok: drain-loses-items
        self._wire.send(rows)


def main(wire):
    for outbox in (Outbox(wire), InOne(wire), Swapped(wire)):
        outbox.add("a")


main(open("wire"))
