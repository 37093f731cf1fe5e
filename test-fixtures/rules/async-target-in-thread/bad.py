"""Coroutine functions that end up in threads: none of their code ever runs."""
import asyncio
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


class Station:
    def __init__(self):
        self.pool = ThreadPoolExecutor()

    async def listen(self):
        await asyncio.sleep(1)

    def start(self):
        threading.Thread(target=self.listen, daemon=True).start()  # expect: async-target-in-thread "asyncio.run(listen(…))"
        self.pool.submit(self.listen)  # expect: async-target-in-thread "The pool only makes"
        threading.Timer(5, lambda: self.listen()).start()  # expect: async-target-in-thread


async def resize(picture, width):
    return picture[:width]


async def upload(picture):
    loop = asyncio.get_running_loop()
    small = await loop.run_in_executor(None, functools.partial(resize, picture, 320))  # expect: async-target-in-thread
    large = await asyncio.to_thread(resize, picture, 800)  # expect: async-target-in-thread "Await `resize(…)` itself"
    return small, large


async def note(done):
    print(done)


def watch(future):
    future.add_done_callback(note)  # expect: async-target-in-thread
