# settings: profile=library
"""A coroutine that has a thread do a step and waits for it does not share its object with threads."""
import asyncio
import json

_seen = set()


class Transport:
    def __init__(self, writer):
        self._writer = writer
        self._window = 65535
        self._streams = {}
        self._next = 0

    async def open(self, name):
        settings = await asyncio.to_thread(json.loads, name)
        self.send(settings)

    async def export(self):
        loop = asyncio.get_running_loop()
        text = await loop.run_in_executor(None, lambda: json.dumps([1, 2]))
        self.send(text)

    def send(self, data):
        self._next += 1
        self._window -= len(data)
        if self._next in self._streams:
            del self._streams[self._next]
        for stream in self._streams.values():
            stream.grow()


async def warn_once(name):
    if name not in _seen:
        _seen.add(name)
        print(name)


_cleanups = {}


class Room:
    """Tasks are made where a loop runs."""

    def schedule(self, room):
        pending = _cleanups.get(room)
        if pending is not None:
            return
        _cleanups[room] = asyncio.create_task(self.clean(room))

    async def clean(self, room):
        await asyncio.sleep(60)
        _cleanups.pop(room, None)


class Service:
    """A class that is being made is nobody else's."""

    _handlers = {}
    _fallback = None

    def __init_subclass__(cls):
        cls._handlers = {"close": cls.close}
        cls._fallback = cls.close

    def close(self):
        pass

    def call(self, name):
        return self._handlers.get(name) or self._fallback
