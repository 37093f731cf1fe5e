"""Updates that lose even with the GIL: a call runs between the read and the write."""
import threading


def price(item):
    return len(item) * 2


class Basket:
    def __init__(self):
        self.total = 0
        self.fee = 0
        self._weight = 0

    @property
    def weight(self):
        return self._weight

    @weight.setter
    def weight(self, value):
        self._weight = value

    def add(self, item):
        self.total = self.total + price(item)  # expect: nonatomic-update "with the GIL"
        self.fee += price(item)  # expect: nonatomic-update "with the GIL"
        self.weight += 3  # expect: nonatomic-update "with the GIL"


def fill(basket, items):
    for item in items:
        basket.add(item)


def main():
    basket = Basket()
    for part in (["a", "bb"], ["ccc"], ["dddd"]):
        threading.Thread(target=fill, args=(basket, part)).start()
    return basket
