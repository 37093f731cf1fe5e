# Never flag 15: sync_to_async runs everything in one thread by default, so its calls exclude each other.
import asyncio

from asgiref.sync import sync_to_async

saved = 0
cache = {}
handle = None


def save(record):
    global saved, handle
    if handle is None:
        handle = object()
    saved += 1
    if record not in cache:
        cache[record] = object()
    for known in cache:
        print(known)


save_async = sync_to_async(save)


@sync_to_async
def forget(record):
    if record in cache:
        del cache[record]


async def main(records):
    await asyncio.gather(*(save_async(record) for record in records))
    await forget(records[0])
    await sync_to_async(save, thread_sensitive=True)(records[0])


if __name__ == "__main__":
    asyncio.run(main(["a", "b"]))
