"""Defaults that are made once and changed by many."""
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor


def resolve(path, visited=set()):
    if path in visited:
        return []
    visited.add(path)  # expect: mutable-default-shared "`visited=None`"
    return [path]


def count(word, totals={}):
    totals[word] = 1  # expect: mutable-default-shared
    return totals


class Consumer(threading.Thread):
    def __init__(self, source, stats={}, last=deque()):
        super().__init__()
        self.source = source
        self.stats = stats
        self.last = last

    def run(self):
        for message in self.source:
            self.stats[message] = self.stats.get(message, 0) + 1  # expect: mutable-default-shared "`stats`"
            self.last.append(message)  # expect: mutable-default-shared "`last`"


for source in (["a"], ["b"]):
    Consumer(source).start()
with ThreadPoolExecutor() as pool:
    for path in ("a", "b"):
        pool.submit(resolve, path)
        pool.submit(count, path)
