import asyncio
from contextlib import AsyncExitStack, nullcontext


class Running:
    """Counts who is inside and keeps nobody out."""

    def __init__(self):
        self.inside = 0

    def __enter__(self):
        self.inside += 1
        return self

    def __exit__(self, *_):
        self.inside -= 1


class Subscriber:
    def __init__(self):
        self.lock = nullcontext()

    def start(self):
        self.lock = Running()

    async def process(self, message):
        async with AsyncExitStack() as stack:
            stack.enter_context(self.lock)
            await asyncio.sleep(message)  # ok: await-under-lock

    async def handle(self, message):
        with self.lock:
            await asyncio.sleep(message)  # ok: await-under-lock
