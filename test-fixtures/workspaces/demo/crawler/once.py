"""Objects that are meant to exist once, or to serve one call."""
import functools
import time


class Session:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __init__(self):
        self.cookies = {}


class Timed:
    def __enter__(self):
        self.began = time.perf_counter()

    def __exit__(self, *exc):
        print(time.perf_counter() - self.began)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args):
            with self:
                return function(*args)

        return wrapper
