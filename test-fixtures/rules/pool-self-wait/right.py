"""Another pool, another thread, or nobody waits."""
import asyncio
from concurrent.futures import ThreadPoolExecutor

outer = ThreadPoolExecutor(4)
inner = ThreadPoolExecutor(4)


def leaf(name):
    return name.upper()


def branch(names):
    return [job.result() for job in [inner.submit(leaf, name) for name in names]]  # ok: pool-self-wait


def tree(groups):
    return list(outer.map(branch, groups))


def scatter(names):
    for name in names:
        outer.submit(leaf, name)  # ok: pool-self-wait


def begin(names):
    return outer.submit(scatter, names).result()  # ok: pool-self-wait


class Bridge:
    def __init__(self, loop):
        self._loop = loop

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def ask(self, question):
        return await self._send(question)  # ok: pool-self-wait

    async def _send(self, question):
        return question

    def ask_from_outside(self, question):
        return self.call(self._send(question))  # ok: pool-self-wait
