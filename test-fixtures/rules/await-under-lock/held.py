"""Coroutines that keep a lock of threads while they are suspended."""
import asyncio
import contextlib
import threading

_feed_lock = threading.Lock()


class Greenhouse:
    def __init__(self, valve):
        self._lock = threading.Lock()
        self._guard = threading.RLock()
        self._valve = valve
        self._beds = {}

    async def water(self, bed):
        with self._lock:  # evidence: await-under-lock
            await self._valve.open(bed)  # expect: await-under-lock "`Greenhouse.water` holds `self._lock`"
            self._beds[bed] = "wet"
            await self._valve.close(bed)

    async def survey(self, readings):
        self._guard.acquire()
        try:
            async for bed, value in readings:  # expect: await-under-lock "It keeps other threads waiting and no other task out"
                self._valve.note(bed, value)
        finally:
            self._guard.release()

    @contextlib.contextmanager
    def _exclusively(self):
        with self._lock:
            yield self._beds

    async def tell(self, socket):
        with self._exclusively() as beds:
            for bed in beds:
                await socket.send(bed)  # expect: await-under-lock "holds `self._lock`"

    async def lend(self, session):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._lock)
            async with session:  # expect: await-under-lock "this `async with`"
                pass


async def feed(animals):
    with _feed_lock:
        return [await animal.eat() for animal in animals]  # expect: await-under-lock
