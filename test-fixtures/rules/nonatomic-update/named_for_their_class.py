"""Parameters and locals that are called like a class of the module, and asked for what only that class has."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Till:
    def __init__(self):
        self.total = 0

    def pay(self, amount):
        self.total += amount  # expect: nonatomic-update


def serve(till, customers):
    for _ in range(3):
        threading.Thread(target=till.pay, args=(customers,)).start()


class WaterMeter:
    def __init__(self, house):
        self.house = house
        self.litres = 0

    def flow(self):
        self.litres += 1  # expect: nonatomic-update

    def read(self):
        return self.litres


class Plumber:
    def __init__(self, meter):
        self.meter = meter

    def open_tap(self):
        self.meter.flow()


def open_all(plumber, taps):
    with ThreadPoolExecutor(max_workers=taps) as pool:
        for _ in range(taps):
            pool.submit(plumber.open_tap)


class Letter:
    sent = 0

    def __init__(self, to):
        self.to = to

    def send(self):
        Letter.sent += 1  # expect: nonatomic-update


def postman(bag):
    while True:
        item = bag.get()
        if item is None:
            return
        item.send()


def deliver(addresses):
    bag = queue.Queue()
    for address in addresses:
        bag.put(Letter(address))
    for _ in range(4):
        threading.Thread(target=postman, args=(bag,)).start()


class Clock:
    def __init__(self):
        self.ticks = 0

    def tick(self):
        self.ticks += 1  # ok: nonatomic-update


def run(clock):
    """What is asked for a pulse that no `Clock` of this module has is another one's."""
    clock.pulse()
    for _ in range(3):
        threading.Thread(target=clock.tick).start()


class OilTank:
    def __init__(self):
        self.level = 0

    def fill(self):
        self.level += 1  # ok: nonatomic-update


class GasTank:
    def __init__(self):
        self.level = 0

    def fill(self):
        self.level += 1  # ok: nonatomic-update


def fill(tank):
    """Either may be meant."""
    for _ in range(3):
        threading.Thread(target=tank.fill).start()


class Scale:
    def __init__(self):
        self._lock = threading.Lock()
        self.weight = 0

    def add(self, grams):
        with self._lock:
            self.weight += grams  # ok: nonatomic-update


def weigh(scale, loads):
    with ThreadPoolExecutor() as pool:
        for load in loads:
            pool.submit(scale.add, load)
