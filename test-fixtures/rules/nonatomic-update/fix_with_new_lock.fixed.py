"""No lock yet: the fix declares one beside the variable, and imports what it needs."""
import threading
from concurrent.futures import ThreadPoolExecutor

done = 0
_done_lock = threading.Lock()


def work(name):
    global done
    print(name)
    with _done_lock:
        done += 1  # expect: nonatomic-update


def main(names):
    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(work, name)
