"""Numbers that something is taken off from, told from sets by what they are compared with."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Purse:
    def __init__(self, cents):
        self._cents = cents
        self._lock = threading.Lock()

    @property
    def cents(self):
        with self._lock:
            return self._cents

    @cents.setter
    def cents(self, value):
        with self._lock:
            self._cents = value

    def pay(self, price):
        if self.cents < price:
            return False
        self.cents -= price  # expect: nonatomic-update "with the GIL"
        return True


class Stock:
    def __init__(self, left):
        self.left = left
        self.names = left

    def take(self, count):
        if count > self.left:
            raise ValueError(count)
        self.left -= count  # expect: nonatomic-update

    def forget(self, names):
        self.names -= names  # ok: nonatomic-update


def run(cents, left, prices):
    purse = Purse(cents)
    stock = Stock(left)
    with ThreadPoolExecutor() as pool:
        pool.map(purse.pay, prices)
        pool.map(stock.take, prices)
        pool.map(stock.forget, prices)
