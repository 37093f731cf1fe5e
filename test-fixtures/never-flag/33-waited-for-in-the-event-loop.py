import asyncio


class Link:
    def __init__(self, get_token):
        self.get_token = get_token
        self.token = None
        self.url = "http://localhost"
        self.headers = {}
        self.transport = None

    def start(self):
        self.token = self.get_token()
        self.headers["Authorization"] = self.token
        if self.transport is not None and self.transport.is_alive():
            return False
        self.negotiate()
        self.transport = Transport(self.url, self.headers)
        return True

    def negotiate(self):
        self.url = self.url + "/negotiated"
        self.headers = dict(self.headers)

    def stop(self):
        if self.transport is not None:
            self.transport.close()
            self.transport = None


class Transport:
    def __init__(self, url, headers):
        self.url = url
        self.headers = headers

    def is_alive(self):
        return bool(self.url)

    def close(self):
        self.url = ""


class AsyncLink(Link):
    """Whoever calls `start` waits until the worker is done with it."""

    async def start(self):
        return await asyncio.to_thread(super().start)

    async def stop(self):
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, super().stop)


class Store:
    """Opened by a worker that `initialize` waits for, and closed by the loop."""

    def __init__(self, driver):
        self.driver = driver
        self.connection = None
        self.cursor = None

    def _open(self):
        connection = self.driver.connect()
        self.connection = connection
        self.cursor = connection.cursor()

    async def initialize(self):
        await asyncio.to_thread(self._open)

    async def close(self):
        if self.connection is None:
            return
        connection = self.connection
        self.connection = None
        await self.cursor.stop()
        self.cursor = None
        await connection.stop()


async def main():
    store = Store(None)
    await store.initialize()
    await store.close()
    link = AsyncLink(lambda: "secret")
    await link.start()
    await link.stop()


asyncio.run(main())
