"""A loop of one thread runs the coroutines, and the handlers that these define and give to an emitter: all in one thread."""

import asyncio
import threading


class Call:
    def __init__(self, transport, make_peer):
        self._transport = transport
        self._make_peer = make_peer
        self._loop = None
        self._thread = None
        self._peer = None
        self._tracks = {}
        self._arrived = 0

    def start(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._transport.subscribe(self._on_message)
        asyncio.run_coroutine_threadsafe(self._connect(), self._loop)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _on_message(self, message):
        asyncio.run_coroutine_threadsafe(self._take(message), self._loop)

    async def _take(self, message):
        for topic in message["topics"]:
            if topic not in self._tracks:
                self._tracks[topic] = self._make_peer(topic)

    async def _connect(self):
        self._peer = self._make_peer("")
        self._listen()

    def _listen(self):
        peer = self._peer

        @peer.on("state")
        async def on_state():
            for topic in self._tracks:  # ok: iterate-while-mutated
                print(topic)
            if peer.lost:
                asyncio.ensure_future(self._again())

        @peer.on("track")
        def on_track(track):
            self._arrived += 1  # ok: nonatomic-update
            asyncio.ensure_future(self._receive(track))

    async def _again(self):
        for track in self._tracks.values():  # ok: iterate-while-mutated
            track.stop()
        self._tracks = {}  # ok: drain-loses-items
        self._peer = None
        self._arrived = 0
        await self._connect()

    async def _receive(self, track):
        while track.live:
            await track.get()

    async def _close(self):
        if self._peer is not None:
            self._peer.close()  # ok: check-then-act
