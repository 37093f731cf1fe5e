"""Containers that are emptied while a task may still need them."""
import threading
from concurrent.futures import ThreadPoolExecutor


def send(batch):
    print(len(batch))


def in_batches(rows):
    with ThreadPoolExecutor() as pool:
        batch = []
        for row in rows:
            batch.append(row)
            if len(batch) == 100:
                pool.submit(send, batch)
                batch.clear()  # expect: task-argument-reused "`batch = []`"
        pool.submit(send, batch)


class Spool:
    def __init__(self):
        self.lines = []

    def flush(self):
        threading.Thread(target=send, args=(self.lines,)).start()
        self.lines.clear()  # expect: task-argument-reused "`self.lines` is emptied"
