# settings: target=both
"""An iterator for each thread, a lock around the step, or something that is safe to share."""
import itertools
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

numbers = itertools.count()
rows = [1, 2, 3]
jobs = queue.SimpleQueue()


def seats():
    yield from range(100)


free = seats()
_free_lock = threading.Lock()


def usher():
    with _free_lock:
        return next(free)  # ok: shared-iterator


def serial():
    return next(numbers)  # ok: shared-iterator


def each():
    own = seats()
    for row in rows:  # ok: shared-iterator
        print(row, next(own))  # ok: shared-iterator


def consume(pool):
    source = seats()
    return list(pool.map(print, source))  # ok: shared-iterator


with ThreadPoolExecutor() as pool:
    for _ in range(3):
        pool.submit(usher)
        pool.submit(serial)
        pool.submit(each)
    consume(pool)
