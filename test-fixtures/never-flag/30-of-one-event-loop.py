"""A library for one event loop. Its locks are for the variant that blocks; a registry of protocols holds them for the loop."""
import asyncio
import threading
from typing import Any, NamedTuple, TypedDict


class Wire(asyncio.DatagramProtocol):
    """Called by the loop only."""

    listeners: dict[int, "Wire"] = {}

    def __init__(self):
        self.buffer = b""
        self.transport: Any = None
        self.peers = {}

    def connection_made(self, transport):
        self.transport = transport
        Wire.listeners[id(self)] = self

    def datagram_received(self, data, address):
        self.buffer += data
        cut = len(self.buffer) // 4 * 4
        self.buffer = self.buffer[cut:]
        if address in self.peers:
            self.peers[address].hear(data)

    def connection_lost(self, error):
        for peer in self.peers.values():
            peer.stop()
        self.peers.clear()
        if self.transport:
            self.transport.close()
            self.transport = None


DEFAULT = Wire()


class Requests:
    """May be used by a thread that blocks, or by a loop."""

    def __init__(self, wire):
        self._wire = wire
        self._lock = threading.Lock()
        self.last = None
        self._names = {}

    def send(self, message):
        with self._lock:
            self._wire.transport.write(message)

    async def handle(self, message):
        if self.last is None:
            self.last = message
        if self.last.name in self._names:
            del self._names[self.last.name]
        await self._wire.drain()
        self.last = None


class Folder(NamedTuple):
    files: dict[str, int]
    folders: dict[str, "Folder"]


class Options(TypedDict):
    fields: list[str] | None


def insert(folder: Folder, path, number):
    if len(path) == 1:
        folder.files[path[0]] = number
        return
    if path[0] not in folder.folders:
        folder.folders[path[0]] = Folder({}, {})
    insert(folder.folders[path[0]], path[1:], number)


def update(items, fields: list[str] | None):
    if fields is not None and "path" not in fields:
        fields.append("path")
    return [item.update(fields) for item in items]


def update_all(library, options: Options):
    return update(library.items(), **options)


def tree(items):
    root = Folder({}, {})
    for item in items:
        insert(root, item.path, item.number)
    return root
