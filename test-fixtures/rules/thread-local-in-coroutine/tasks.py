"""One thread, many tasks, one thread-local."""
import asyncio
import threading

_task = threading.local()
_store = threading.local()


def current():
    return getattr(_task, "user", None)


async def figures():
    await asyncio.sleep(0.1)
    return current()


async def handle(user):
    _task.user = user  # expect: thread-local-in-coroutine "`handle` sets it and awaits"
    return await figures()


class Tracer:
    def __init__(self):
        self._spans = threading.local()

    def enter(self, span):
        self._spans.now = span  # expect: thread-local-in-coroutine

    async def trace(self, span, work):
        self.enter(span)
        await work()
        return self._spans.now


async def main(tracer):
    await asyncio.gather(handle("ann"), handle("bob"), tracer.trace("a", figures))


asyncio.run(main(Tracer()))
