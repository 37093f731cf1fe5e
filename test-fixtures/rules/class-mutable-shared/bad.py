"""Containers of the class, changed by each object as if they were its own."""
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor


class Scan:
    errors = []
    hits = defaultdict(int)

    def run(self, host):
        self.errors.append(host)  # expect: class-mutable-shared "`self.errors` is one container for all objects of `Scan`"
        self.note(host)

    def note(self, host):
        self.hits[host] += 1  # expect: nonatomic-update "`Scan.hits[host] += …`"


with ThreadPoolExecutor() as pool:
    for host in ("a", "b"):
        pool.submit(Scan().run, host)


class Basket:
    items = []

    def fill(self, names):
        for name in names:
            self.items.append(name)  # expect: class-mutable-shared "`Basket`"


with ThreadPoolExecutor() as pool:
    for names in (["apple"], ["pear"]):
        pool.submit(Basket().fill, names)
