"""Tasks that are waited for under a lock which they need, taken out of what holds them."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Prices:
    def __init__(self):
        self.pool = ThreadPoolExecutor(4)
        self.lock = threading.Lock()
        self.known = {}
        self.waiting = {}
        self.running = set()

    def _ask(self, name):
        price = len(name)
        with self.lock:
            self.known[name] = price

    def ask(self, name):
        with self.lock:
            self.waiting[name] = self.pool.submit(self._ask, name)
            self.running.add(self.pool.submit(self._ask, name))

    def settle(self):
        with self.lock:
            for name, task in self.waiting.items():
                task.result()  # expect: blocking-under-lock
                print(name)

    def finish(self):
        with self.lock:
            for task in list(self.running):
                task.result()  # expect: blocking-under-lock

    def drain(self):
        with self.lock:
            tasks = list(self.waiting.values())
            self.waiting.clear()
        for task in tasks:
            task.result()  # ok: blocking-under-lock
