"""Objects of an event loop, touched by threads."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class Bridge:
    def __init__(self, loop: asyncio.AbstractEventLoop):
        self.loop = loop
        self.messages = asyncio.Queue()
        self.ready = asyncio.Event()
        self.pool = ThreadPoolExecutor()
        threading.Thread(target=self.listen).start()
        self.pool.submit(self.work)

    def listen(self):
        self.ready.set()  # expect: asyncio-from-thread "call_soon_threadsafe(self.ready.set, …)"
        self.receive("hello")
        self.loop.call_soon(print)  # expect: asyncio-from-thread "Use `call_soon_threadsafe`"
        self.loop.call_later(5, print)  # expect: asyncio-from-thread

    def receive(self, text):
        self.messages.put_nowait(text)  # expect: asyncio-from-thread "`self.messages.put_nowait` is not safe in this thread"

    def work(self):
        self.loop.create_task(self.show())  # expect: asyncio-from-thread "run_coroutine_threadsafe"
        asyncio.create_task(self.show())  # expect: asyncio-from-thread "has no event loop"

    async def show(self):
        print(await self.messages.get())


class Camera:
    def __init__(self):
        self.loop = None

    async def picture(self):
        self.loop = asyncio.get_running_loop()
        self.done = self.loop.create_future()
        threading.Thread(target=self.expose).start()
        own = asyncio.get_running_loop().create_future()
        threading.Thread(target=self.give, args=(own,)).start()
        self.own = own
        return await self.done

    def give(self, own):
        self.own.set_result(b"picture")  # expect: asyncio-from-thread "`self.own.set_result`"

    def expose(self):
        self.done.set_result(b"picture")  # expect: asyncio-from-thread
        self.loop.stop()  # expect: asyncio-from-thread
