"""Threads that go through the loop's own door, or that run a loop themselves."""
import asyncio
import concurrent.futures
import queue
import threading


class Bridge:
    def __init__(self, loop):
        self.loop = loop
        self.messages = asyncio.Queue()
        self.plain = queue.Queue()
        self.ready = asyncio.Event()
        self.done = concurrent.futures.Future()
        self.stopped = threading.Event()
        threading.Thread(target=self.listen).start()
        threading.Thread(target=self.serve).start()

    def listen(self):
        self.loop.call_soon_threadsafe(self.ready.set)  # ok: asyncio-from-thread
        self.loop.call_soon_threadsafe(self.messages.put_nowait, 1)  # ok: asyncio-from-thread
        asyncio.run_coroutine_threadsafe(self.show(), self.loop)  # ok: asyncio-from-thread
        self.plain.put_nowait(1)  # ok: asyncio-from-thread
        self.done.set_result(1)  # ok: asyncio-from-thread
        self.stopped.set()  # ok: asyncio-from-thread

    def serve(self):
        loop = asyncio.new_event_loop()
        loop.call_soon(print)  # ok: asyncio-from-thread
        loop.create_task(self.show())  # ok: asyncio-from-thread
        loop.run_forever()

    async def show(self):
        self.ready.set()  # ok: asyncio-from-thread
        self.messages.put_nowait(2)  # ok: asyncio-from-thread
        asyncio.create_task(self.show())  # ok: asyncio-from-thread

    def from_the_loop(self):
        self.ready.clear()  # ok: asyncio-from-thread


async def main():
    Bridge(asyncio.get_running_loop())


class Publisher:
    def __init__(self, io_loop):
        self.io_loop = io_loop
        self.task = None
        threading.Thread(target=self.serve).start()

    async def run(self):
        self.task = asyncio.current_task()

    def serve(self):
        self.io_loop.start()
        self.task.cancel()  # ok: asyncio-from-thread
