"""Work that waits for work behind it in the queue."""
import asyncio
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=4)
single = ThreadPoolExecutor(max_workers=1)


def leaf(name):
    return name.upper()


def branch(names):
    return [job.result() for job in [pool.submit(leaf, name) for name in names]]  # expect: pool-self-wait "`branch` waits for work of the pool that it runs in"


def tree(groups):
    return list(pool.map(branch, groups))  # evidence: pool-self-wait


def log(line):
    single.submit(print, line).result()


def save(text):
    _note(text)


def _note(text):
    single.submit(leaf, text).result()  # expect: pool-self-wait


def start(text):
    return single.submit(save, text)


class Folder:
    def __init__(self):
        self._pool = ThreadPoolExecutor(8)

    def _one(self, path):
        return path.size

    def _sum(self, folder):
        return sum(self._pool.map(self._one, folder))  # expect: pool-self-wait

    def run(self, folders):
        return list(self._pool.map(self._sum, folders))


class Bridge:
    def __init__(self, loop):
        self._loop = loop

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def ask(self, question):
        return self.call(self._send(question))  # expect: pool-self-wait "blocks the event loop"

    async def _send(self, question):
        return question
