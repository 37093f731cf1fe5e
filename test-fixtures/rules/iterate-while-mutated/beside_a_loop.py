"""What callers do themselves they do beside the loop, whatever else it is handed."""
import asyncio
import threading


class Bridge:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._waiting = {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        self._loop.create_task(self._beat())
        self._loop.run_forever()

    async def _beat(self):
        while True:
            for one in self._waiting.values():  # expect: iterate-while-mutated
                one.beat()
            await asyncio.sleep(1)

    def send(self, text):
        self._loop.call_soon_threadsafe(self._send, text)

    def _send(self, text):
        self._waiting[text] = text

    def expect(self, text):
        self._waiting[text] = None  # evidence: iterate-while-mutated
