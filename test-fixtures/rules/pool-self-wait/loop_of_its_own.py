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


class Sender:
    """Its loop runs in its own thread; whoever waits for it waits in another."""

    def __init__(self):
        self._loop = None
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        loop.run_forever()

    def configure(self):
        if self._loop and self._loop.is_running():
            return asyncio.run_coroutine_threadsafe(fetch(), self._loop).result(timeout=10)
        return None


async def add_camera(sender: Sender):
    sender.configure()  # ok: pool-self-wait
