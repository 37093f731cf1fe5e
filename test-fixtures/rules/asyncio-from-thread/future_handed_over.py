"""A future of the loop is handed to a thread: what the loop's method gives is known by the catalog."""
import asyncio
import threading


def compute(future, loop, n):
    future.set_result(sum(range(n)))  # expect: asyncio-from-thread


def compute_for_loop(future, loop, n):
    loop.call_soon_threadsafe(future.set_result, sum(range(n)))  # ok: asyncio-from-thread


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    threading.Thread(target=compute, args=(future, loop, 10)).start()
    print(await future)
    other = loop.create_future()
    threading.Thread(target=compute_for_loop, args=(other, loop, 10)).start()
    print(await other)


asyncio.run(main())
