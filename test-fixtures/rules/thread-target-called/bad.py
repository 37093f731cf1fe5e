"""Work that was meant for the background, done at once: the call runs here and its result is handed over."""
import asyncio
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Process
from threading import Thread


class Press:
    def __init__(self):
        self.pages = []
        self.pool = ThreadPoolExecutor(2)

    def print_page(self, page):
        self.pages.append(page)

    def measure(self, page):
        return len(page), page.count("\n")

    def in_background(self, page):
        thread = Thread(target=self.print_page(page), daemon=True)  # expect: thread-target-called "self.print_page"
        thread.start()
        job = self.pool.submit(self.measure(page))  # expect: thread-target-called "not by the pool"
        job.add_done_callback(self.done(page))  # expect: thread-target-called "functools.partial(self.done, …)"

    def done(self, page):
        print("done", page)


def clean():
    for _ in range(3):
        print("cleaning")


def schedule():
    threading.Timer(30.0, clean()).start()  # expect: thread-target-called "Timer(…, clean)"
    Process(target=clean()).start()  # expect: thread-target-called "`None`"
    threading.Thread(target=print("hello")).start()  # expect: thread-target-called "cannot be called"


def total(numbers):
    if not numbers:
        return 0
    return sum(numbers)


async def sums(rows):
    loop = asyncio.get_running_loop()
    first = await loop.run_in_executor(None, total(rows[0]))  # expect: thread-target-called "run_in_executor(None, total, …)"
    second = await asyncio.to_thread(total(rows[1]))  # expect: thread-target-called "to_thread(total, …)"
    loop.call_soon_threadsafe(clean())  # expect: thread-target-called
    return first + second


with ProcessPoolExecutor() as processes:
    processes.submit(total([1, 2]))  # expect: thread-target-called
