"""Events that tell something, and tests that a lock keeps together."""
import threading
from concurrent.futures import ThreadPoolExecutor

stop = threading.Event()
busy = threading.Event()
_lock = threading.Lock()


def finish():
    if not stop.is_set():
        stop.set()  # ok: event-as-mutex


def guarded():
    with _lock:
        if busy.is_set():
            return
        busy.set()  # ok: event-as-mutex
    print("copying")
    busy.clear()


def restart():
    if stop.is_set():
        stop.clear()
    stop.set()  # ok: event-as-mutex


with ThreadPoolExecutor() as pool:
    for _ in range(2):
        pool.submit(finish)
        pool.submit(guarded)
