"""Counts what everybody reports."""


class Meter:
    def __init__(self):
        self.counts = {}

    def count(self, name):
        self.counts[name] = self.counts.get(name, 0) + 1  # expect: nonatomic-update


METER = Meter()
