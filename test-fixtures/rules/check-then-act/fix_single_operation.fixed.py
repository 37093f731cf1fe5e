"""One operation instead of two."""
import threading

seen = set()
jobs = {}


def forget(key):
    seen.discard(key)  # expect: check-then-act
    jobs.pop(key, None)  # expect: check-then-act


def main(keys):
    for key in keys:
        threading.Thread(target=forget, args=(key,)).start()
