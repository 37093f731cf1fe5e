"""Locks made in a function that somebody else can hold."""
import threading
from concurrent.futures import ThreadPoolExecutor

records = []
locks = {}
module_lock = threading.Lock()  # ok: useless-lock


class Table:
    shared = threading.Lock()  # ok: useless-lock

    def __init__(self):
        self._lock = threading.Lock()  # ok: useless-lock
        lock = threading.Lock()  # ok: useless-lock
        self._changed = threading.Condition(lock)

    def add(self, row):
        with self._lock:
            records.append(row)


def passed_to_threads(items):
    lock = threading.Lock()  # ok: useless-lock
    for item in items:
        threading.Thread(target=append, args=(item, lock)).start()


def append(item, lock):
    with lock:
        records.append(item)


def captured(items):
    lock = threading.Lock()  # ok: useless-lock
    total = 0

    def add(item):
        nonlocal total
        with lock:
            total += item

    with ThreadPoolExecutor() as pool:
        for item in items:
            pool.submit(add, item)
    return total


def captured_by_lambda(items):
    lock = threading.Lock()  # ok: useless-lock
    with ThreadPoolExecutor() as pool:
        pool.map(lambda item: append(item, lock), items)


def returned():
    lock = threading.Lock()  # ok: useless-lock
    return lock


def stored(name):
    lock = threading.Lock()  # ok: useless-lock
    locks[name] = lock
    with lock:
        records.append(name)


def from_the_dictionary(name):
    lock = locks.setdefault(name, threading.Lock())  # ok: useless-lock
    with lock:
        records.append(name)


def in_a_list(names):
    made = [threading.Lock() for _ in names]  # ok: useless-lock
    return list(zip(names, made))


def put_on_object(table):
    lock = threading.Lock()  # ok: useless-lock
    table.guard = lock
    with lock:
        records.append(table)


def of_a_parameter(lock):
    with lock:  # ok: useless-lock
        records.append(1)


def of_a_helper():
    lock = returned()
    with lock:  # ok: useless-lock
        records.append(1)


def as_global():
    global module_lock
    module_lock = threading.Lock()  # ok: useless-lock


def yielded():
    lock = threading.Lock()  # ok: useless-lock
    yield lock
    with lock:
        records.append(1)


def event_is_no_lock():
    done = threading.Event()  # ok: useless-lock
    threading.Thread(target=done.set).start()
    done.wait()


def stored_at_once(name):
    lock = locks[name] = threading.Lock()  # ok: useless-lock
    with lock:
        records.append(name)


def put_on_object_at_once(table):
    table.guard = lock = threading.Lock()  # ok: useless-lock
    with lock:
        records.append(table)


def found_or_made(name):
    lock = locks.get(name)
    if lock is None:
        lock = threading.Lock()  # ok: useless-lock
    with lock:
        records.append(name)


def of_the_caller_if_any(row, lock=None):
    if lock is None:
        lock = threading.Lock()  # ok: useless-lock
    with lock:
        records.append(row)
