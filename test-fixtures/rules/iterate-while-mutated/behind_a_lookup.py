# settings: profile=library
"""Public classes without any sign of threads: what a look-up stores is shared by those who only read."""


class Atlas:
    def __init__(self, draw):
        self._draw = draw
        self._maps = {}

    def find(self, country):
        if country not in self._maps:
            self._maps[country] = self._draw(country)  # ok: lazy-init-race
        return self._maps[country]

    def legends(self):
        return [drawn.legend for drawn in self._maps.values()]  # expect: iterate-while-mutated "only looks something up"


class Almanac:
    def __init__(self):
        self._days = {}

    def __getitem__(self, day):
        return self._computed(day)

    def _computed(self, day):
        self._days[day] = day * 2
        return self._days[day]

    def known(self):
        for day in self._days:  # expect: iterate-while-mutated
            print(day)


class Basket:
    """Who adds knows that it changes."""

    def __init__(self):
        self._eggs = {}

    def add(self, egg):
        self._eggs[egg] = 1
        return egg

    def listing(self):
        return [egg for egg in self._eggs]  # ok: iterate-while-mutated


class RowReader:
    """Each reading has one of its own."""

    def __init__(self):
        self._rows = {}

    def get(self, number):
        self._rows[number] = str(number)
        return self._rows[number]

    def all(self):
        return [row for row in self._rows]  # ok: iterate-while-mutated


class Digits:
    """An iterator."""

    def __init__(self):
        self._seen = {}

    def __next__(self):
        return self.get(len(self._seen))

    def get(self, number):
        self._seen[number] = 1
        return number

    def seen(self):
        return [digit for digit in self._seen]  # ok: iterate-while-mutated


class _Private:
    def __init__(self):
        self._rows = {}

    def get(self, number):
        self._rows[number] = 1
        return number

    def all(self):
        return [row for row in self._rows]  # ok: iterate-while-mutated


class Gazetteer:
    """Not thread-safe."""

    def __init__(self):
        self._places = {}

    def get(self, name):
        self._places[name] = 1
        return name

    def all(self):
        return [place for place in self._places]  # ok: iterate-while-mutated
