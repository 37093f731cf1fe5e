"""One operation instead of two."""
import threading

seen = set()
jobs = {}


def forget(key):
    if key in seen:
        seen.remove(key)  # expect: check-then-act
    if key in jobs:
        del jobs[key]  # expect: check-then-act


def main(keys):
    for key in keys:
        threading.Thread(target=forget, args=(key,)).start()
