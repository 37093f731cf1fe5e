"""Entries that are taken out in a loop over a copy: another thread goes through its own copy of the same."""
import threading

seen = {}
tried = {}
named = {}
kept = {}
guarded = {}
retaken = {}
lock = threading.Lock()


def expire(now):
    for key in list(seen):
        if key < now:
            del seen[key]  # expect: check-then-act
    for key in sorted(tried.keys()):
        try:
            del tried[key]  # ok: check-then-act
        except KeyError:
            pass
    for key in list(named):
        named.pop(key, None)  # ok: check-then-act
    for key in list(kept):
        print(key)
    with lock:
        for key in list(guarded):
            del guarded[key]  # ok: check-then-act
    with lock:
        keys = list(retaken)
    for key in keys:
        with lock:
            del retaken[key]  # fn: check-then-act


for n in range(3):
    threading.Thread(target=expire, args=(n,)).start()
