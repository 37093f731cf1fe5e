import asyncio


class Transcript:
    def __init__(self, client):
        self.client = client
        self.buffer = b""
        self.seconds = 0

    def add(self, data):
        self.buffer += data
        if len(self.buffer) > 32000:
            self.seconds += len(self.buffer) / 32000
            return self._recognize()
        return None

    def end(self):
        if self.buffer:
            self.seconds += len(self.buffer) / 32000
            return self._recognize()
        return None

    def _recognize(self):
        text = f"{len(self.buffer)} bytes"
        self.buffer = b""
        return text


async def serve(websocket):
    """Each client has a transcript of its own, and one step of it at a time."""
    loop = asyncio.get_running_loop()
    transcript = Transcript(websocket)
    async for message in websocket:
        text = await loop.run_in_executor(None, transcript.add, message)
        if text is not None:
            await websocket.send(text)
    print(await asyncio.to_thread(transcript.end))


def _next_chunk(chunks):
    return next(chunks, None)


async def chunks_of(source):
    loop = asyncio.get_running_loop()
    chunks = iter(source)
    while True:
        chunk = await loop.run_in_executor(None, _next_chunk, chunks)
        if chunk is None:
            return
        yield chunk
