# settings: profile=library
"""A class of an event loop keeps a pool for the steps that block: its own state stays with the loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class Runner:
    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=4)
        self.tasks = {}
        self.threads = {}

    def _step(self, key, action):
        self.threads[key] = threading.current_thread()
        return action()

    async def handle(self, key, action):
        loop = asyncio.get_running_loop()
        self.tasks[key] = asyncio.current_task()
        try:
            return await loop.run_in_executor(self._pool, self._step, key, action)
        finally:
            self.cleanup(key)

    def wake(self):
        self._pool.submit(lambda: None)

    def cleanup(self, key):
        if key in self.tasks:
            del self.tasks[key]  # ok: check-then-act


class Crew:
    """Without coroutines it is the threads' business."""

    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=4)
        self.tasks = {}

    def handle(self, key, action):
        self.tasks[key] = action
        return self._pool.submit(action)

    def cleanup(self, key):
        if key in self.tasks:
            del self.tasks[key]  # expect: check-then-act "ThreadPoolExecutor"


class Bridge:
    """Who refuses every thread but the one of the loop has the object to itself."""

    def __init__(self):
        self._thread = threading.get_ident()
        self.tasks = {}

    async def run(self):
        self.tasks["run"] = asyncio.current_task()

    def stop(self, key):
        if threading.get_ident() != self._thread:
            raise RuntimeError(key)

    def cleanup(self, key):
        if key in self.tasks:
            del self.tasks[key]  # ok: check-then-act
