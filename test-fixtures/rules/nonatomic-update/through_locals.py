"""Objects reached through locals, parameters, elements and results are those that the program keeps."""
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Optional


class Meter:
    def __init__(self):
        self.turns = 0
        self.stops = 0


class Plant:
    def __init__(self):
        self.main = Meter()
        self.meters = [Meter() for _ in range(3)]
        self.by_name: "dict[str, Optional[Meter]]" = {}
        self.rows = [[0, 0], [0, 0]]
        for _ in range(4):
            threading.Thread(target=self._turn).start()

    def _turn(self):
        main = self.main
        main.turns += 1  # expect: nonatomic-update "main.turns"
        row = self.rows[1]
        row[0] += 1  # expect: nonatomic-update "row[0]"
        first = self.meters[0]
        first.turns += 1  # expect: nonatomic-update "first.turns"
        for meter in self.meters:
            meter.turns += 1  # expect: nonatomic-update "meter.turns"
        if (named := self.by_name.get("a")) is not None:
            named.turns += 1  # expect: nonatomic-update "named.turns"
        found = self._find("b")
        found.turns += 1  # expect: nonatomic-update "found.turns"
        self._find("c").turns += 1  # expect: nonatomic-update

    def _find(self, name):
        found = self.by_name.get(name)
        if found is None:
            found = Meter()
            self.by_name[name] = found  # heddle: ignore[lazy-init-race] -- not what this file is about
        return found


totals = {"a": {"n": 0}}


def count(name):
    entry = totals[name]
    entry["n"] += 1  # expect: nonatomic-update "entry["n"]"


for _ in range(4):
    threading.Thread(target=count, args=("a",)).start()
print(totals["a"])


def stop(meter):
    meter.stops += 1  # expect: nonatomic-update "meter.stops"


def stop_often(meter):
    for _ in range(100):
        stop(meter)


def season():
    meter = Meter()
    crew = [threading.Thread(target=stop_often, args=(meter,)) for _ in range(4)]
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    return meter.stops


def harvest(field, basket):
    for fruit in field:
        basket[fruit] = basket.get(fruit, 0) + 1  # expect: nonatomic-update "basket[fruit]"


def harvest_all(fields):
    basket = {}
    with ThreadPoolExecutor() as pool:
        for field in fields:
            pool.submit(harvest, field, basket)
    return basket


class Miller(threading.Thread):
    """Each thread has an object of its own, in which all of them have one meter."""

    def __init__(self, plant):
        super().__init__()
        self.plant = plant
        self.sacks = 0

    def run(self):
        self.plant.main.stops += 1  # expect: nonatomic-update "self.plant.main.stops"
        self.sacks += 1  # ok: nonatomic-update


plant = Plant()
for _ in range(3):
    Miller(plant).start()
