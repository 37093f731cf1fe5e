"""An iterator made once and handed to several threads."""
import csv
import itertools
import threading
from concurrent.futures import ThreadPoolExecutor


def statements(lines):
    for line in lines:
        yield line.strip()


def load(source, errors):
    for statement in source:  # expect: shared-iterator "Several threads step through one iterator, `source`"
        errors.append(statement)


def work(rows):
    for number, town in rows:  # expect: shared-iterator
        print(number, town)


def pick(rows, lock):
    with lock:
        return next(rows)  # ok: shared-iterator


def own(source):
    for item in source:  # ok: shared-iterator
        print(item)


def run(lines, lock):
    source = statements(lines)
    rows = csv.reader(lines)
    threads = [threading.Thread(target=load, args=(source, [])) for _ in range(4)]
    for thread in threads:
        thread.start()
    with ThreadPoolExecutor() as pool:
        pool.submit(work, rows)
        pool.submit(work, rows)
        pool.submit(pick, rows, lock)
    for _ in range(3):
        mine = statements(lines)
        threading.Thread(target=own, args=(mine,)).start()
    threading.Thread(target=own, args=(statements(lines),)).start()


def branches(values):
    first, second = itertools.tee(values)  # expect: shared-iterator "The branches of `tee` are not thread-safe"
    threading.Thread(target=own, args=(first,)).start()
    threading.Thread(target=own, args=(second,)).start()
