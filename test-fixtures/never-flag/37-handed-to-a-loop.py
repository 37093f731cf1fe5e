"""What an event loop is handed, the thread that runs it does: with everything else of that loop, one step at a time."""
import asyncio
import threading


class Bridge:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._sent = 0
        self._waiting = {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.create_task(self._beat())
        self._loop.run_forever()

    async def _beat(self):
        while True:
            self._sent += 1
            for one in self._waiting.values():
                one.beat()
            await asyncio.sleep(1)

    def send(self, text):
        self._loop.call_soon_threadsafe(self._send, text)

    def _send(self, text):
        self._sent += 1
        self._waiting[text] = text

    def ask(self, text):
        return asyncio.run_coroutine_threadsafe(self._ask(text), self._loop).result()

    async def _ask(self, text):
        self._sent += 1
        self._waiting[text] = text
        return self._sent


class Relay:
    def __init__(self):
        self._lines = {}
        self._loop = None
        self._ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True).start()
        self._ready.wait()

    async def _main(self):
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        while True:
            for line in self._lines.values():
                print(line)
            await asyncio.sleep(1)

    def add(self, key, line):
        loop = self._loop
        loop.call_soon_threadsafe(lambda: self._lines.update({key: line}))
        loop.call_soon_threadsafe(self._drop, key)

    def _drop(self, key):
        if key in self._lines:
            del self._lines[key]
