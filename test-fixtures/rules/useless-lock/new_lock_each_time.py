"""Locks made anew by every call: nobody else can ever hold them."""
import threading
from threading import Lock, RLock

records = []


def save(record):
    with threading.Lock():  # expect: useless-lock "new lock"
        records.append(record)


def save_with_imported_name(record):
    with Lock():  # expect: useless-lock
        records.append(record)


def save_with_rlock(record):
    with RLock():  # expect: useless-lock
        records.append(record)


def save_with_condition(record):
    with threading.Condition():  # expect: useless-lock
        records.append(record)


def save_with_local(record):
    lock = threading.Lock()  # expect: useless-lock
    with lock:
        records.append(record)


def save_by_hand(record):
    lock = threading.Lock()  # expect: useless-lock
    lock.acquire()
    try:
        records.append(record)
    finally:
        lock.release()


class Writer:
    def __init__(self, path):
        self.path = path
        self.lines = 0

    def write(self, text):
        with threading.Lock():  # expect: useless-lock
            with open(self.path, "a") as out:
                out.write(text)

    def write_lines(self, lines):
        guard = threading.RLock()  # expect: useless-lock
        for line in lines:
            with guard:
                self.write(line)


def worker(queue):
    lock = threading.Lock()  # expect: useless-lock
    while True:
        item = queue.get()
        with lock:
            records.append(item)


def main(queue):
    for _ in range(3):
        threading.Thread(target=worker, args=(queue,)).start()
