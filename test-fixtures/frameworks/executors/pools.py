"""Pools kept in attributes, callbacks of their results, threads that a function of the program starts for others."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool

done = 0
failed = 0
squares = 0
thumbnails = 0
blocking = 0
polls = 0
cleanups = 0
beats = 0


class Downloads:
    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=4)
        self.bytes = 0

    def fetch(self, url):
        future = self._pool.submit(self._fetch, url)
        future.add_done_callback(count)

    def _fetch(self, url):
        self.bytes += len(url)  # expect: nonatomic-update


def count(future):
    global done
    done += 1  # expect: nonatomic-update


def square(n):
    global squares
    squares += 1  # ok: nonatomic-update
    return n * n


def note_failure(error):
    global failed
    failed += 1  # expect: nonatomic-update


def reset_failures():
    global failed
    failed = 0


def render(path):
    global thumbnails
    thumbnails += 1  # expect: nonatomic-update


def run(numbers, paths):
    with Pool() as pool:
        results = [pool.apply_async(square, (n,), error_callback=note_failure) for n in numbers]
        reset_failures()
        print([result.get() for result in results])
    ThreadPool(8).map(render, paths)


def read(path):
    global blocking
    blocking += 1  # expect: nonatomic-update


async def read_all(paths):
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(None, read, path) for path in paths))


def in_background(job):
    thread = threading.Thread(target=job, daemon=True)
    thread.start()
    return thread


def poll():
    global polls
    polls += 1  # expect: nonatomic-update


def clean():
    global cleanups
    cleanups += 1  # ok: nonatomic-update


def beat():
    global beats
    beats += 1  # ok: nonatomic-update
    threading.Timer(1.0, beat).start()


def main():
    for _ in range(4):
        in_background(poll)
    in_background(clean)
    beat()
