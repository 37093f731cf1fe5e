# Never flag 8: a program with one event loop and no thread; tasks switch only at await.
import asyncio

hits = 0
clients = {}
session = None
waiting = []


async def get_session():
    global session
    if session is None:
        session = object()
    return session


async def handle(reader, writer):
    global hits
    hits += 1
    name = await reader.readline()
    clients[name] = writer
    for client in clients.values():
        client.write(name)
    if name in clients:
        del clients[name]
    if waiting:
        waiting.pop()
    await get_session()


class Hub:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._count = 0
        self._rooms = {}

    async def join(self, room):
        async with self._lock:
            self._count += 1
        self._rooms[room] = self._rooms.get(room, 0) + 1

    async def leave(self, room):
        self._rooms[room] -= 1
        self._count -= 1


async def main():
    server = await asyncio.start_server(handle, "localhost", 8000)
    hub = Hub()
    await asyncio.gather(hub.join("a"), hub.leave("a"))
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
