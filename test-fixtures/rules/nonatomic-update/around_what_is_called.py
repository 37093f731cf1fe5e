"""A decorator's inner function runs wherever the decorated function is called."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


def budgeted(times, budget):
    def decorate(function):
        spent = 0

        @functools.wraps(function)
        def inner(*args):
            nonlocal spent
            for _ in range(times):
                try:
                    return function(*args)
                except OSError:
                    spent += 1  # expect: nonatomic-update
                    if spent > budget:
                        raise
            return None

        return inner

    return decorate


def counted(function):
    calls = {}

    @functools.wraps(function)
    def inner(name):
        calls[name] = calls.get(name, 0) + 1  # expect: nonatomic-update
        return function(name)

    return inner


def guarded(function):
    calls = 0
    lock = threading.Lock()

    @functools.wraps(function)
    def inner(name):
        nonlocal calls
        with lock:
            calls += 1  # ok: nonatomic-update
        return function(name)

    return inner


def measured(function):
    @functools.wraps(function)
    def inner(name):
        steps = 0
        steps += 1  # ok: nonatomic-update
        return function(name), steps

    return inner


def under_a_lock(function):
    calls = 0

    @functools.wraps(function)
    def inner(name):
        nonlocal calls
        calls += 1  # ok: nonatomic-update
        return function(name)

    return inner


def of_one_thread(function):
    calls = 0

    @functools.wraps(function)
    def inner(name):
        nonlocal calls
        calls += 1  # ok: nonatomic-update
        return function(name)

    return inner


@budgeted(3, budget=20)
def fetch(name):
    return open(name).read()


@counted
@guarded
@measured
def parse(name):
    return fetch(name)


_press_lock = threading.Lock()


@under_a_lock
def stamp(name):
    return name.upper()


def press(name):
    with _press_lock:
        return stamp(name)


def separate(names):
    @of_one_thread
    def one(name):
        return name.title()

    return [one(name) for name in names]


class Reader:
    def read(self, name):
        return parse(name)


def work(names):
    reader = Reader()
    separate(names)
    return [press(reader.read(name)) for name in names]


def main(parts):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, parts))
