"""Shared counters that are guarded, in every form a lock can be held."""
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

total = 0
total_lock = threading.Lock()


def add(amount):
    global total
    with total_lock:
        total += amount  # ok: nonatomic-update


def add_by_hand(amount):
    global total
    total_lock.acquire()
    try:
        total += amount  # ok: nonatomic-update
    finally:
        total_lock.release()


def add_if_free(amount):
    global total
    if not total_lock.acquire(blocking=False):
        return False
    try:
        total += amount  # ok: nonatomic-update
    finally:
        total_lock.release()
    return True


def add_with_stack(amount):
    global total
    with ExitStack() as stack:
        stack.enter_context(total_lock)
        total += amount  # ok: nonatomic-update


@contextmanager
def counting():
    with total_lock:
        yield


def add_in_context(amount):
    global total
    with counting():
        total += amount  # ok: nonatomic-update


class Account:
    def __init__(self):
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self.balance = 0

    def deposit(self, amount):
        with self._lock:
            self._change(amount)

    def withdraw(self, amount):
        with self._changed:
            self._change(-amount)
            self._changed.notify_all()

    def _change(self, amount):
        self.balance += amount  # ok: nonatomic-update


def main():
    account = Account()
    with ThreadPoolExecutor() as pool:
        for amount in range(10):
            pool.submit(add, amount)
            pool.submit(add_by_hand, amount)
            pool.submit(add_if_free, amount)
            pool.submit(add_with_stack, amount)
            pool.submit(add_in_context, amount)
            pool.submit(account.deposit, amount)
            pool.submit(account.withdraw, amount)
