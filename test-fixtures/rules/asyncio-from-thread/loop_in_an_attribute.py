"""A thread runs the loop that an object keeps; its methods are called by others."""
import asyncio
import threading


class Bot:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.seen = []
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    async def say(self, text):
        self.note(text)

    def note(self, text):
        self.loop.call_later(1, print, text)  # ok: asyncio-from-thread

    def post(self, text):
        self.loop.create_task(self.say(text))  # expect: asyncio-from-thread "another thread runs the loop"

    def post_safely(self, text):
        asyncio.run_coroutine_threadsafe(self.say(text), self.loop)  # ok: asyncio-from-thread

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)  # ok: asyncio-from-thread
        self.thread.join()


bot = Bot()
bot.post("a")
bot.post_safely("b")
bot.close()


class Worker:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.call_soon(print, "begun")  # ok: asyncio-from-thread
        self._loop.run_forever()

    def later(self, job):
        self._loop.call_later(1, job)  # expect: asyncio-from-thread


Worker().later(print)

shared_loop = asyncio.new_event_loop()
threading.Thread(target=shared_loop.run_forever, daemon=True).start()


def post(job):
    shared_loop.call_soon(job)  # expect: asyncio-from-thread


post(print)
