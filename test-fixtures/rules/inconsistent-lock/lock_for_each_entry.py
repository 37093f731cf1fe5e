"""A lock for each entry of a dict: it guards that entry, and nobody holds all of them for the whole."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Shelf:
    def __init__(self, rows):
        self.locks = {name: threading.Lock() for name in rows}
        self.stock = {}

    def load(self, rows):
        self.stock.update(rows)  # ok: inconsistent-lock

    def add(self, name, count):
        with self.locks[name]:
            before = self.stock.get(name, 0)
            self.stock[name] = before + count

    def take(self, name):
        with self.locks[name]:
            self.stock[name] -= 1

    def waste(self, name):
        self.stock[name] -= 1  # expect: inconsistent-lock


def main(rows):
    shelf = Shelf(rows)
    shelf.load(rows)
    with ThreadPoolExecutor() as pool:
        for name in rows:
            pool.submit(shelf.add, name, 3)
            pool.submit(shelf.take, name)
            pool.submit(shelf.waste, name)
