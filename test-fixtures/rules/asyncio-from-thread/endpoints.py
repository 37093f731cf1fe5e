"""Coroutines that a framework runs, and what they call, run in the thread of its event loop."""
import asyncio
import contextlib
import signal

import fastapi

app = fastapi.FastAPI()


class Reader:
    def __init__(self):
        self.lines = asyncio.Queue()
        self.task = asyncio.create_task(self.fill())  # ok: asyncio-from-thread

    async def fill(self):
        await self.lines.put("line")

    def close(self):
        self.task.cancel()  # ok: asyncio-from-thread


@contextlib.contextmanager
def quiet():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # ok: process-state-from-thread
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@app.get("/line")
async def line():
    reader = Reader()
    with quiet():
        text = await reader.lines.get()
    reader.close()
    return text


@app.get("/stop")
def stop(reader: Reader):
    reader.task.cancel()  # expect: asyncio-from-thread
