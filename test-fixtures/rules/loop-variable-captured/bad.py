"""Functions for other threads that read what the loop has moved on from."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


def lambda_in_loop(dishes, cook):
    with ThreadPoolExecutor() as pool:
        for dish in dishes:
            pool.submit(lambda: cook(dish))  # expect: loop-variable-captured "`dish`"


def nested_function(tables):
    threads = []
    for number, table in enumerate(tables):

        def serve():  # expect: loop-variable-captured "`number` and `table`"
            print(number, table)

        thread = threading.Thread(target=serve)  # evidence: loop-variable-captured
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()


class Kitchen:
    def __init__(self, timers):
        self.timers = timers

    def warn(self, dish):
        print(dish)

    def plan(self, dishes):
        for dish in dishes:
            timer = threading.Timer(dish.minutes * 60, lambda: self.warn(dish))  # expect: loop-variable-captured
            timer.start()
            self.timers.append(timer)


def bound_in_the_body(spool, pool: ThreadPoolExecutor, send):
    while spool:
        numbers = spool.next_batch()
        job = pool.submit(send, numbers)
        job.add_done_callback(lambda done: spool.delete(numbers))  # expect: loop-variable-captured "`numbers`"


def in_comprehension(pages, load):
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(lambda: load(page)) for page in pages]  # expect: loop-variable-captured "`page`"
    return [job.result() for job in jobs]


def waits_too_late(rounds, play):
    for one in rounds:
        threads = []
        for player in one.players:
            thread = threading.Thread(target=lambda: play(player))  # expect: loop-variable-captured "`player`"
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()


async def in_executor(files, read):
    loop = asyncio.get_running_loop()
    jobs = []
    for file in files:
        jobs.append(loop.run_in_executor(None, lambda: read(file.name)))  # expect: loop-variable-captured "`file`"
    return await asyncio.gather(*jobs)
