"""Decorators that enter themselves."""
import contextlib
import functools
import os
import time


class Timed:
    def __enter__(self):
        self.began = time.perf_counter()  # expect: shared-context-manager "overwrite each other’s `self.began`"
        return self

    def __exit__(self, *exc):
        print(time.perf_counter() - self.began)

    def __call__(self, function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return wrapper


class InFolder(contextlib.ContextDecorator):
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        self.before = os.getcwd()  # expect: shared-context-manager
        os.chdir(self.folder)

    def __exit__(self, *exc):
        os.chdir(self.before)
