"""Two calls away from the thread's start."""
import threading

_lock = threading.Lock()
_stock = {"a": 3, "b": 4, "c": 5}
taken = 0
requested = {}


def take(item):
    global taken
    requested[item] = requested.get(item, 0) + 1  # expect: nonatomic-update "requested"
    with _lock:
        _stock[item] -= 1  # ok: nonatomic-update
        taken += 1  # ok: nonatomic-update
