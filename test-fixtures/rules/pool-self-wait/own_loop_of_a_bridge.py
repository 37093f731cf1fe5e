"""A bridge with a loop of its own: what it runs there must not come back through it."""
import asyncio
import threading


class Radio:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _tune(self, station):
        await asyncio.sleep(station)
        return station

    async def _play(self, station):
        self.run(self._tune(station))  # expect: pool-self-wait
        return station

    def play(self, station):
        return self.run(self._play(station))


class Lamp:
    """Awaited on the loop, waited for outside."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _dim(self, level):
        await asyncio.sleep(level)

    async def _fade(self, levels):
        for level in levels:
            await self._dim(level)  # ok: pool-self-wait

    def fade(self, levels):
        self.run(self._fade(levels))  # ok: pool-self-wait


class Boiler:
    """Each coroutine is handed to the same loop by name."""

    def __init__(self):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    async def _read(self, probe):
        await asyncio.sleep(probe)
        return probe

    async def _heat(self, probe):
        reading = asyncio.run_coroutine_threadsafe(self._read(probe), self._loop)
        return reading.result()  # expect: pool-self-wait

    def heat(self, probe):
        return asyncio.run_coroutine_threadsafe(self._heat(probe), self._loop).result()
