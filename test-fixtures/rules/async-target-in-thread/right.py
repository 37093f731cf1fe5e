"""Coroutines that somebody runs, and functions that only look like them."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


async def listen(station):
    await asyncio.sleep(station)


def blocking(station):
    return asyncio.run(listen(station))


def synchronous(function):
    def run(*args):
        return asyncio.run(function(*args))

    return run


@synchronous
async def wrapped(station):
    await asyncio.sleep(station)


class Spawner:
    def submit(self, function, *args):
        return asyncio.ensure_future(function(*args))


async def start(stations, spawner: Spawner, nursery):
    threading.Thread(target=asyncio.run, args=(listen(1),)).start()  # ok: async-target-in-thread
    threading.Thread(target=lambda: asyncio.run(listen(1))).start()  # ok: async-target-in-thread
    threading.Thread(target=wrapped, args=(1,)).start()  # ok: async-target-in-thread
    await asyncio.to_thread(blocking, 1)  # ok: async-target-in-thread
    with ThreadPoolExecutor() as pool:
        pool.submit(asyncio.run, listen(2))  # ok: async-target-in-thread
        pool.submit(blocking, 2)  # ok: async-target-in-thread
    spawner.submit(listen, 3)  # ok: async-target-in-thread
    nursery.submit(listen, 3)  # ok: async-target-in-thread
    task = asyncio.create_task(listen(4))
    task.add_done_callback(lambda done: asyncio.create_task(listen(5)))  # ok: async-target-in-thread


class Server:
    def __init__(self, io_loop):
        self.io_loop = io_loop

    async def tick(self):
        await asyncio.sleep(1)

    def start(self):
        self.io_loop.call_later(5, self.tick)  # ok: async-target-in-thread
