"""A client that threads may share, a pipeline that they may not."""
from concurrent.futures import ThreadPoolExecutor

import redis

client = redis.Redis()
pipeline = client.pipeline()


def store(number):
    client.set(f"n{number}", number)  # ok: unsafe-object-shared
    pipeline.incr("total")  # expect: unsafe-object-shared "A Redis pipeline"
    pipeline.execute()


def store_in_one(number):
    with client.pipeline() as own:
        own.incr("total")  # ok: unsafe-object-shared
        own.execute()


with ThreadPoolExecutor() as pool:
    for number in range(8):
        pool.submit(store, number)
        pool.submit(store_in_one, number)
