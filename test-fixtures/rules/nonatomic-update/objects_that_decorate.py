"""An object decorates functions that threads run: made for one of them, one for all, or put in the place of the function."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


class Retry:
    def __init__(self, times):
        self.times = times
        self.failed = 0

    def __call__(self, function):
        @functools.wraps(function)
        def attempt(*args):
            for _ in range(self.times):
                try:
                    return function(*args)
                except OSError:
                    self.failed += 1  # expect: nonatomic-update
            return None

        return attempt


class Counted:
    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *args):
        self.calls += 1  # expect: nonatomic-update
        return self.function(*args)


class Gauge:
    def __init__(self):
        self.used = 0

    def __call__(self, function):
        def measured(*args):
            self.used += 1  # expect: nonatomic-update
            return function(*args)

        return measured


class Once:
    """Each function has a limit of its own, and one thread runs each."""

    def __init__(self, limit):
        self.left = limit

    def __call__(self, function):
        def limited():
            while self.left:
                self.left -= 1  # ok: nonatomic-update
                function()

        return limited


gauge = Gauge()


@Retry(3)
def fetch(page):
    return open(page).read()


@Counted
def weigh(page):
    return len(page)


@gauge
def store(page):
    return fetch(page), weigh(page)


@Once(10)
def tick():
    print("tick")


@Once(20)
def tock():
    print("tock")


def main(pages):
    threading.Thread(target=tick).start()
    threading.Thread(target=tock).start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(store, pages))
