"""A number that is counted up under the lock and read back when the lock is free again."""
import threading

_lock = threading.Lock()
_next = 0
_total = 0


def next_number():
    global _next
    with _lock:
        _next += 1
    return _next  # expect: inconsistent-lock "two get the same value"


def next_number_kept():
    global _next
    with _lock:
        _next += 1
        number = _next
    return number  # ok: inconsistent-lock


def add(amount):
    global _total
    with _lock:
        _total += amount
    print(_total)  # ok: inconsistent-lock


def work():
    for _ in range(100):
        next_number()
        next_number_kept()
        add(1)


for _ in range(4):
    threading.Thread(target=work).start()
