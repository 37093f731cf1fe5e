"""A `threading.local` that a decorator keeps in a cell has other attributes in each thread."""
import functools
import threading


def traced(name):
    local = threading.local()
    calls = 0

    def decorate(function):
        @functools.wraps(function)
        def inner(*args):
            nonlocal calls
            calls += 1  # expect: nonatomic-update
            local.depth = getattr(local, "depth", 0) + 1  # ok: nonatomic-update
            try:
                print(name, local.depth)
                return function(*args)
            finally:
                local.depth -= 1  # ok: nonatomic-update

        return inner

    return decorate


@traced("square")
def square(number):
    return number * number


def work():
    square(3)


for _ in range(4):
    threading.Thread(target=work).start()
