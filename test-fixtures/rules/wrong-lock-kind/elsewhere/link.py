"""The lock of a link between tasks is there for the link, whatever is counted while it is held."""
import asyncio
import threading

from meter import METER


class Link:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._open = False

    async def open(self):
        async with self._lock:
            self._open = True
            METER.count("opened")  # ok: wrong-lock-kind


def watch():
    METER.count("watched")  # ok: wrong-lock-kind


threading.Thread(target=watch).start()
asyncio.run(Link().open())
