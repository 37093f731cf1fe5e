"""Callbacks given to futures under the lock that they take: a future that is done runs them at once."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class Kitchen:
    def __init__(self, pool):
        self.pool = pool
        self.lock = threading.Lock()
        self.cooking = set()

    def order(self, dish):
        with self.lock:
            task = self.pool.submit(print, dish)
            self.cooking.add(task)
            task.add_done_callback(self._served)  # expect: callback-under-lock "gives a future its callback"

    def order_again(self, dish):
        with self.lock:
            task = self.pool.submit(print, dish)
            self.cooking.add(task)
        task.add_done_callback(self._served)  # ok: callback-under-lock

    def note(self, dish):
        with self.lock:
            task = self.pool.submit(print, dish)
            task.add_done_callback(self._told)  # ok: callback-under-lock

    def _served(self, task):
        with self.lock:
            self.cooking.discard(task)

    def _told(self, task):
        print(task)


class Reentrant:
    def __init__(self, pool):
        self.pool = pool
        self.lock = threading.RLock()
        self.open = 0

    def start(self, dish):
        with self.lock:
            self.open += 1
            self.pool.submit(print, dish).add_done_callback(self._done)  # ok: callback-under-lock

    def _done(self, task):
        with self.lock:
            self.open -= 1


class OfALoop:
    def __init__(self):
        self.lock = threading.Lock()
        self.open = 0

    async def start(self, work):
        with self.lock:
            task = asyncio.ensure_future(work)
            task.add_done_callback(self._done)  # ok: callback-under-lock

    def _done(self, task):
        with self.lock:
            self.open -= 1


waiting = []
waiting_lock = threading.Lock()


def arrived(task):
    with waiting_lock:
        waiting.remove(task)


def main(dishes):
    with ThreadPoolExecutor() as pool:
        kitchen = Kitchen(pool)
        for dish in dishes:
            kitchen.order(dish)
            kitchen.order_again(dish)
            kitchen.note(dish)
            Reentrant(pool).start(dish)
        with waiting_lock:
            task = pool.submit(print, dishes)
            waiting.append(task)
            task.add_done_callback(arrived)  # expect: callback-under-lock
