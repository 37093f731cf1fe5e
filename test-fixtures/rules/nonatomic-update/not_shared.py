"""Counters that only one thread can touch at a time, without any lock."""
import itertools
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

ids = itertools.count()
context = threading.local()
per_thread = {}
written_by_one = 0
prepared = 0
summed = 0
in_processes = 0


def own_counter(items):
    count = 0
    for _ in items:
        count += 1  # ok: nonatomic-update
    return count


def numbered(item):
    return next(ids), item


def in_local(item):
    if not hasattr(context, "count"):
        context.count = 0
    context.count += 1  # ok: nonatomic-update


def by_thread(item):
    me = threading.get_ident()
    per_thread[me] = per_thread.get(me, 0) + 1  # ok: nonatomic-update


def only_writer(lines):
    global written_by_one
    for _ in lines:
        written_by_one += 1  # ok: nonatomic-update


def in_process(item):
    global in_processes
    in_processes += 1  # ok: nonatomic-update
    return in_processes


def main(items):
    global prepared, summed
    for _ in items:
        prepared += 1  # ok: nonatomic-update
    thread = threading.Thread(target=only_writer, args=(items,))
    thread.start()
    with ThreadPoolExecutor() as pool:
        for item in items:
            pool.submit(own_counter, item)
            pool.submit(numbered, item)
            pool.submit(in_local, item)
            pool.submit(by_thread, item)
    thread.join()
    for item in items:
        summed += len(item)  # ok: nonatomic-update
    with ProcessPoolExecutor() as processes:
        for item in items:
            processes.submit(in_process, item)
    print(written_by_one, prepared, summed)
