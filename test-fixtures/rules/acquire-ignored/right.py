"""The result is looked at, or there is only one."""
import threading

_lock = threading.Lock()


def one(page):
    if _lock.acquire(timeout=1):  # ok: acquire-ignored
        try:
            print(page)
        finally:
            _lock.release()


def two(page):
    got = _lock.acquire(blocking=False)  # ok: acquire-ignored
    if not got:
        return
    try:
        print(page)
    finally:
        _lock.release()


def three(page):
    _lock.acquire()  # ok: acquire-ignored
    try:
        print(page)
    finally:
        _lock.release()


def four(page):
    _lock.acquire(True, -1)  # ok: acquire-ignored
    try:
        print(page)
    finally:
        _lock.release()


def five():
    return _lock.acquire(False)  # ok: acquire-ignored


def six(blocking):
    _lock.acquire(blocking)  # ok: acquire-ignored
    _lock.release()
