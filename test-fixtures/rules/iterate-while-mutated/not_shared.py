"""Containers that no other thread can reach while they are stepped through."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Worker(threading.Thread):
    def __init__(self, names):
        super().__init__()
        self._names = set(names)
        self._local = {}
        for name in self._names:  # ok: iterate-while-mutated
            self._local[name] = 0

    def run(self):
        self._local["begun"] = 1
        for name in self._local:  # ok: iterate-while-mutated
            print(name)
        found = {}
        for name in self._names:  # ok: iterate-while-mutated
            found[name] = len(name)
        for name in found:  # ok: iterate-while-mutated
            print(name)


def collect(names):
    results = {}

    def work(name):
        results[name] = len(name)

    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(work, name)
    for name in results:  # ok: iterate-while-mutated
        print(name)
    return results


def main():
    workers = [Worker("ab"), Worker("cd")]
    for worker in workers:
        worker.start()
