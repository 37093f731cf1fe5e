"""A pool of one thread excludes itself, but not the thread that feeds it."""
from concurrent.futures import ThreadPoolExecutor


class Journal:
    def __init__(self):
        self.written = 0
        self.queued = 0
        self.open = 0
        self.pool = ThreadPoolExecutor(max_workers=1)

    def write(self, line):
        self.queued += 1  # ok: nonatomic-update
        self.open += 1  # expect: nonatomic-update "self.open"
        self.pool.submit(self._write, line)

    def _write(self, line):
        print(line)
        self.written += 1  # ok: nonatomic-update
        self.open -= 1  # expect: nonatomic-update "self.open"


def main():
    journal = Journal()
    for line in ("one", "two"):
        journal.write(line)
