"""A wait that many coroutines get to is one finding, and a loop in another thread is no loop of one's own."""
import asyncio
import threading


async def fetch():
    return 1


def now(loop):
    return asyncio.run_coroutine_threadsafe(fetch(), loop).result()


async def nearest(loop):
    return now(loop)  # expect: pool-self-wait


async def farther(loop):
    return await nearest(loop)  # ok: pool-self-wait


async def farthest(loop):
    return await farther(loop)  # ok: pool-self-wait


class Refresher:
    def start(self):
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(fetch(), loop).result()


async def begin(refresher: Refresher):
    refresher.start()  # ok: pool-self-wait
