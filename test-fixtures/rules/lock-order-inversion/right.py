"""One order, a common gate, no waiting, or one thread."""
import threading
from concurrent.futures import ThreadPoolExecutor

_gate = threading.Lock()
_shelf = threading.Lock()
_till = threading.Lock()
_x = threading.RLock()
_y = threading.RLock()
_z = threading.Lock()
_slots = threading.Semaphore(8)


def one():
    with _gate:
        with _shelf:
            with _till:  # ok: lock-order-inversion
                print(1)


def two():
    with _gate:
        with _till:
            with _shelf:  # ok: lock-order-inversion
                print(2)


def three():
    with _x:
        with _y:
            with _x:  # ok: lock-order-inversion
                print(3)


def four():
    with _x:
        if _z.acquire(blocking=False):  # ok: lock-order-inversion
            _z.release()
    with _z:
        with _x:  # ok: lock-order-inversion
            print(4)


def five():
    with _slots:
        with _x:  # ok: lock-order-inversion
            print(5)
    with _x:
        with _slots:  # ok: lock-order-inversion
            print(5)


class Purse:
    def __init__(self, number):
        self.lock = threading.Lock()
        self.number = number
        self.coins = 0


def move(giver, taker, coins):
    first, second = (giver, taker) if giver.number < taker.number else (taker, giver)
    with first.lock:
        with second.lock:  # ok: lock-order-inversion
            giver.coins -= coins
            taker.coins += coins


class Tally:
    def __init__(self):
        self._lock = threading.Lock()
        self._sums = {}

    def sums(self):
        with self._lock:
            return dict(self._sums)

    def absorb(self, other: "Tally"):
        sums = other.sums()
        with self._lock:
            self._sums.update(sums)  # ok: lock-order-inversion

    def copy(self):
        fresh = Tally()
        with self._lock:
            fresh.absorb(self)  # expect: self-deadlock
        return fresh


def run(jobs):
    with ThreadPoolExecutor() as pool:
        pool.submit(one)
        pool.submit(two)
        pool.submit(three)
        pool.submit(four)
        pool.submit(five)
        for job in jobs:
            pool.submit(move, *job)
