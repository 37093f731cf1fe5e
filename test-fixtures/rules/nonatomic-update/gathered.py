"""Several threads that a coroutine waits for at once, and one after the other."""
import asyncio


class Crawler:
    def __init__(self, urls):
        self.urls = urls
        self.size = 0
        self.steps = 0

    def download(self, url):
        self.size += len(url)  # expect: nonatomic-update

    def step(self, url):
        self.steps += len(url)  # ok: nonatomic-update

    async def run(self):
        await asyncio.gather(*(asyncio.to_thread(self.download, url) for url in self.urls))
        for url in self.urls:
            await asyncio.to_thread(self.step, url)


asyncio.run(Crawler(["a", "b"]).run())
