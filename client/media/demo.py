"""A shop with three bugs that only show when threads meet. Put the cursor on a squiggle, then press Ctrl+. (or Cmd+.)."""

import threading
from concurrent.futures import ThreadPoolExecutor

stock = {"tea": 1, "coffee": 3}
sold = 0


def sell(name):
    global sold
    # 1. Two threads can both see the last packet. The second `del` raises KeyError.
    if name in stock:
        del stock[name]
    # 2. Read, add, write: two sales at once may be counted as one.
    sold = sold + int("1")


class Account:
    def __init__(self):
        self._lock = threading.Lock()
        self.balance = 0

    def deposit(self, amount):
        with self._lock:
            self.balance += amount

    def withdraw(self, amount):
        with self._lock:
            self.balance -= amount

    def reset(self):
        # 3. Every other method holds the lock; this write can be overwritten.
        self.balance = 0


with ThreadPoolExecutor() as pool:
    for product in ("tea", "tea", "coffee"):
        pool.submit(sell, product)
