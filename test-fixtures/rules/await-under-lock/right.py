"""Nothing is held when these coroutines stop, or what is held is theirs."""
import asyncio
import threading


class Greenhouse:
    def __init__(self, valve, loop):
        self._lock = threading.Lock()
        self._turn = asyncio.Lock()
        self._slots = threading.Semaphore(4)
        self._valve = valve
        self._loop = loop
        self._beds = {}

    async def water(self, bed):
        async with self._turn:
            await self._valve.open(bed)  # ok: await-under-lock

    async def survey(self):
        with self._lock:
            beds = list(self._beds)
        return [await self._valve.state(bed) for bed in beds]  # ok: await-under-lock

    async def later(self, bed):
        with self._lock:
            async def work():
                await self._valve.open(bed)  # ok: await-under-lock

            task = self._loop.create_task(work())
        await task  # ok: await-under-lock

    def by_hand(self, bed):
        with self._lock:
            future = asyncio.run_coroutine_threadsafe(self._valve.open(bed), self._loop)
        return future

    async def drop(self, bed):
        self._lock.acquire()
        try:
            self._beds.pop(bed, None)
        finally:
            self._lock.release()
        await self._valve.close(bed)  # ok: await-under-lock
