"""One operation instead of two."""
import threading

seen = set()
jobs = {}


def forget(key):
    # expect: check-then-act
    seen.discard(key)
    # expect: check-then-act
    jobs.pop(key, None)


def main(keys):
    for key in keys:
        threading.Thread(target=forget, args=(key,)).start()
