"""A new object for each call, no state, or a stack."""
import contextlib
import functools
import time


class Timed:
    def __init__(self, report):
        self.report = report

    def __enter__(self):
        self.began = time.perf_counter()  # ok: shared-context-manager
        return self

    def __exit__(self, *exc):
        self.report(time.perf_counter() - self.began)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with type(self)(self.report):
                return function(*args, **kwargs)

        return wrapper


class Recreated(contextlib.ContextDecorator):
    def _recreate_cm(self):
        return type(self)()

    def __enter__(self):
        self.began = time.perf_counter()  # ok: shared-context-manager

    def __exit__(self, *exc):
        print(self.began)


class Stacked(contextlib.ContextDecorator):
    def __init__(self):
        self.stack = []

    def __enter__(self):
        self.stack.append(time.perf_counter())  # ok: shared-context-manager

    def __exit__(self, *exc):
        print(self.stack.pop())


class Plain:
    def __enter__(self):
        self.began = time.perf_counter()  # ok: shared-context-manager

    def __exit__(self, *exc):
        print(self.began)
