"""A new container, a copy, or a wait before it is emptied."""
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def send(batch):
    print(len(batch))


def new_one(rows):
    with ThreadPoolExecutor() as pool:
        batch = []
        for row in rows:
            batch.append(row)
            pool.submit(send, batch)
            batch = []
            batch.clear()  # ok: task-argument-reused


def copied(rows):
    with ThreadPoolExecutor() as pool:
        batch = []
        for row in rows:
            batch.append(row)
            pool.submit(send, list(batch))
            batch.clear()  # ok: task-argument-reused


def waited(rows):
    pool = ThreadPoolExecutor()
    batch = []
    for row in rows:
        batch.append(row)
        job = pool.submit(send, batch)
        job.result()
        batch.clear()  # ok: task-argument-reused


def in_processes(rows):
    with ProcessPoolExecutor() as pool:
        batch = list(rows)
        pool.submit(send, batch)
        batch.clear()  # ok: task-argument-reused


def event(stop: threading.Event):
    threading.Thread(target=send, args=(stop,)).start()
    stop.clear()  # ok: task-argument-reused
