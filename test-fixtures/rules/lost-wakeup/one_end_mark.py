"""An end mark in a queue ends the one thread that takes it."""
import queue
import threading

STOP = object()


class Kitchen:
    def __init__(self, cooks=3):
        self.orders = queue.Queue()
        self.cooks = [threading.Thread(target=self._cook) for _ in range(cooks)]
        for cook in self.cooks:
            cook.start()

    def _cook(self):
        while True:
            order = self.orders.get()
            if order is None:
                break
            print(order)

    def close(self):
        self.orders.put(None)  # expect: lost-wakeup "wait for ever"
        for cook in self.cooks:
            cook.join()


class Bakery:
    """Puts one for each."""

    def __init__(self, bakers=3):
        self.loaves = queue.Queue()
        self.bakers = [threading.Thread(target=self._bake) for _ in range(bakers)]
        for baker in self.bakers:
            baker.start()

    def _bake(self):
        while (loaf := self.loaves.get()) is not None:
            print(loaf)

    def close(self):
        for _ in self.bakers:
            self.loaves.put(None)  # ok: lost-wakeup
        for baker in self.bakers:
            baker.join()


class Dairy:
    """One taker."""

    def __init__(self):
        self.cans = queue.Queue()
        self.taker = threading.Thread(target=self._take)
        self.taker.start()

    def _take(self):
        while True:
            can = self.cans.get()
            if can is None:
                return
            print(can)

    def close(self):
        self.cans.put(None)  # ok: lost-wakeup
        self.taker.join()


def mill(sacks):
    for sack in iter(sacks.get, None):
        print(sack)


def harvest(fields):
    sacks = queue.Queue()
    millers = [threading.Thread(target=mill, args=(sacks,)) for _ in range(4)]
    for miller in millers:
        miller.start()
    for field in fields:
        sacks.put(field)
    sacks.put(None)  # expect: lost-wakeup
    for miller in millers:
        miller.join()


def press(grapes):
    while True:
        grape = grapes.get()
        if grape is STOP:
            grapes.put(STOP)  # ok: lost-wakeup
            return
        print(grape)


def vintage(rows):
    grapes = queue.Queue()
    presses = [threading.Thread(target=press, args=(grapes,)) for _ in range(4)]
    for one in presses:
        one.start()
    for row in rows:
        grapes.put(row)
    grapes.put(STOP)
    for one in presses:
        one.join()


def sort_apples(apples):
    while True:
        apple = apples.get()
        if apple is STOP:
            return
        print(apple)


def pick(trees):
    apples = queue.Queue()
    sorters = [threading.Thread(target=sort_apples, args=(apples,)) for _ in range(2)]
    for sorter in sorters:
        sorter.start()
    for tree in trees:
        apples.put(tree)
    apples.put(STOP)  # expect: lost-wakeup
    for sorter in sorters:
        sorter.join()


def each_its_own(orchards):
    """A queue for each thread."""
    for orchard in orchards:
        apples = queue.Queue()
        sorter = threading.Thread(target=sort_apples, args=(apples,))
        sorter.start()
        for tree in orchard:
            apples.put(tree)
        apples.put(STOP)  # ok: lost-wakeup
        sorter.join()


def stop_all(dairies):
    for dairy in dairies:
        dairy.close()
