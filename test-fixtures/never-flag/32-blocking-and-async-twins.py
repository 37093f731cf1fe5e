import asyncio
import threading


class Outbox:
    """Used by threads or by one event loop, never by both: every method has a twin."""

    def __init__(self):
        self._letters = []
        self._lock = threading.Lock()
        self._async_lock = asyncio.Lock()

    def add(self, letter):
        with self._lock:
            self._letters.append(letter)

    async def aadd(self, letter):
        async with self._async_lock:
            self._letters.append(letter)

    def put_back(self, letters):
        with self._lock:
            self._letters = letters + self._letters

    async def aput_back(self, letters):
        async with self._async_lock:
            self._letters = letters + self._letters

    def _take(self, number):
        if number >= len(self._letters):
            taken = list(self._letters)
            self._letters.clear()
        else:
            taken = self._letters[:number]
            self._letters = self._letters[number:]
        return taken

    def take(self, number):
        with self._lock:
            return self._take(number)

    async def atake(self, number):
        async with self._async_lock:
            return self._take(number)


class Office:
    def __init__(self):
        self.outbox = Outbox()

    def start(self):
        threading.Thread(target=self._send, daemon=True).start()

    def _send(self):
        while True:
            letters = self.outbox.take(10)
            try:
                print(letters)
            except OSError:
                self.outbox.put_back(letters)


class AsyncOffice:
    def __init__(self):
        self.outbox = Outbox()

    async def send(self):
        while True:
            letters = await self.outbox.atake(10)
            try:
                print(letters)
            except OSError:
                await self.outbox.aput_back(letters)


office = Office()
office.start()
office.outbox.add("a letter")
