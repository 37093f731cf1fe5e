"""The same in the library itself, which may be called from any thread."""
from concurrent.futures import ThreadPoolExecutor


def compile_one(path): ...


class Compiler:
    def __init__(self):
        self.pool = ThreadPoolExecutor()
        self.done = 0

    def compile(self, paths):
        for path in paths:
            self.pool.submit(compile_one, path)
            self.done += 1  # expect: nonatomic-update
