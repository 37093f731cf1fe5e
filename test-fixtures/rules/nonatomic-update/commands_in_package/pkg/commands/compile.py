# settings: profile=library
"""A command has its process for itself, and a pool in it works for the one thread that runs the command."""
from concurrent.futures import ThreadPoolExecutor


def compile_one(path): ...


class Command:
    options = ["--check"]

    def __init__(self):
        self.pool = ThreadPoolExecutor()
        self.done = 0

    def handle(self, paths):
        for path in paths:
            self.pool.submit(compile_one, path)
            self.done += 1  # ok: nonatomic-update
