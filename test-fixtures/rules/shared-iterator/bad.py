# settings: target=both
"""Iterators that several threads advance."""
import threading
from concurrent.futures import ThreadPoolExecutor


def seats():
    for number in range(100):
        yield number


free = seats()
names = map(str, range(100))


def usher():
    return next(free)  # expect: shared-iterator "A generator that is advanced while it runs"


def caller():
    for name in names:  # expect: shared-iterator "may give an item twice"
        print(name)


class Balancer:
    def __init__(self, hosts):
        self._turns = self._rounds(hosts)
        for _ in range(3):
            threading.Thread(target=self.serve).start()

    def _rounds(self, hosts):
        while True:
            yield from hosts

    def serve(self):
        return self.pick()

    def pick(self):
        return next(self._turns)  # expect: shared-iterator "`self._turns`"


def read_all(path, handle):
    lines = open(path)

    def work():
        for line in lines:  # expect: shared-iterator "A file"
            handle(line)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


with ThreadPoolExecutor() as pool:
    pool.submit(usher)
    pool.submit(caller)
