"""Calls that cannot wait, one consumer, and a lock over both steps."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

waiting = queue.Queue()
single = queue.Queue()
_lock = threading.Lock()


def work():
    while not waiting.empty():
        try:
            print(waiting.get_nowait())  # ok: queue-test-then-act
        except queue.Empty:
            return


def patient():
    while not waiting.empty():
        try:
            print(waiting.get(timeout=1))  # ok: queue-test-then-act
        except queue.Empty:
            return


def guarded():
    with _lock:
        if not waiting.empty():
            print(waiting.get())  # ok: queue-test-then-act


def one_consumer():
    while not single.empty():
        print(single.get())  # ok: queue-test-then-act


def settings(options):
    if not options.empty():
        return options.get("name")  # ok: queue-test-then-act
    return None


threading.Thread(target=one_consumer).start()
with ThreadPoolExecutor() as pool:
    pool.submit(work)
    pool.submit(patient)
    pool.submit(guarded)
    pool.submit(settings, {})
