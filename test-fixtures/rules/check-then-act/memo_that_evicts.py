# settings: profile=library
"""A look-up that makes room: what it asked for may be gone when it takes it."""


class Translations:
    def __init__(self, load):
        self._load = load
        self._texts = {}
        self._oldest = []

    def lookup(self, key):
        if key in self._texts:
            return self._texts[key]  # expect: check-then-act
        text = self._texts[key] = self._load(key)  # ok: lazy-init-race
        self._oldest.append(key)
        if len(self._oldest) > 10:
            del self._texts[self._oldest[0]]
        return text


class Tariff:
    def __init__(self):
        self._prices = {}

    def get(self, goods):
        if goods in self._prices:
            return self._prices[goods]  # ok: check-then-act
        self._prices[goods] = 1
        return self._prices[goods]


class Ladder:
    """Who takes a rung away knows it."""

    def __init__(self):
        self._rungs = {}

    def step(self, number):
        if number in self._rungs:
            return self._rungs[number]  # ok: check-then-act
        return None

    def remove(self, number):
        del self._rungs[number]
