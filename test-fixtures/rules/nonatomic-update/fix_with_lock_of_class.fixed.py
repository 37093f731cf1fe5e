"""The class owns a lock already: the fix holds it."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self._names = []
        self.count = 0

    def add_name(self, name):
        with self._lock:
            self._names.append(name)

    def work(self, name):
        if name:
            with self._lock:
                self.count += 1  # expect: nonatomic-update
        self.add_name(name)


def main(names):
    counter = Counter()
    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(counter.work, name)
