"""Shared memory of processes, updated in two steps."""
import multiprocessing
import threading
from multiprocessing import Array, Process, Value

done = Value("i", 0)
slots = Array("i", 8)
_histogram = None


def prepare(histogram):
    global _histogram
    _histogram = histogram


def work(number, count):
    done.value += 1  # expect: multiprocessing-value-update "with done.get_lock():"
    slots[number] += 1  # expect: multiprocessing-value-update "`slots[…]`"
    count.value += 1  # expect: multiprocessing-value-update "`count.value`"
    _histogram[number] += 1  # expect: multiprocessing-value-update


class Counter:
    def __init__(self):
        self.total = Value("i", 0)

    def add(self):
        self.total.value = self.total.value + 1  # expect: multiprocessing-value-update "`self.total.value`"


if __name__ == "__main__":
    shared = multiprocessing.Value("i", 0)
    counts = multiprocessing.Array("q", 256)
    with multiprocessing.Pool(4, initializer=prepare, initargs=(counts,)):
        Process(target=work, args=(1, shared)).start()


tickets = Value("i", 0)
between_threads = threading.Lock()


def sell():
    with between_threads:  # evidence: multiprocessing-value-update
        tickets.value += 1  # expect: multiprocessing-value-update "each process has `between_threads` for itself"


def open_counters():
    for _ in range(4):
        Process(target=sell).start()
