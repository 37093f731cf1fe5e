"""Acquire and release by hand, done so that the lock always comes back."""
import contextlib
import threading

_lock = threading.Lock()
_next_lock = threading.Lock()
_flag = False
_entries = {}


def with_statement(work):
    with _lock:
        work()


def with_finally(work):
    _lock.acquire()  # ok: acquire-no-finally
    try:
        return work()
    finally:
        _lock.release()


def acquire_inside_try(work):
    try:
        _lock.acquire()  # ok: acquire-no-finally
        work()
    finally:
        _lock.release()


def finally_further_out(work):
    try:
        if _flag:
            _lock.acquire()  # ok: acquire-no-finally
            work()
    finally:
        if _flag:
            _lock.release()


def nothing_can_raise():
    global _flag
    _lock.acquire()  # ok: acquire-no-finally
    _flag = True
    _lock.release()


def not_blocking(work):
    if not _lock.acquire(blocking=False):  # ok: acquire-no-finally
        return False
    try:
        work()
    finally:
        _lock.release()
    return True


def with_callback(work):
    with contextlib.ExitStack() as stack:
        _lock.acquire()  # ok: acquire-no-finally
        stack.callback(_lock.release)
        work()


def hand_over_hand():
    _lock.acquire()  # ok: acquire-no-finally
    try:
        _next_lock.acquire()  # ok: acquire-no-finally
    finally:
        _lock.release()
    try:
        return len(_entries)
    finally:
        _next_lock.release()


def wait_for_the_other():
    """Only waits until somebody else gives the lock back; this function does not."""
    _lock.acquire()  # ok: acquire-no-finally


class Guard:
    """The lock is taken in one method and given back in another on purpose."""

    def __init__(self):
        self._lock = threading.Lock()

    def __enter__(self):
        self._lock.acquire()  # ok: acquire-no-finally
        return self

    def __exit__(self, *failure):
        self._lock.release()

    def acquire(self):
        self._lock.acquire()  # ok: acquire-no-finally

    def release(self):
        self._lock.release()

    def begin(self, work):
        self._lock.acquire()  # ok: acquire-no-finally
        work()


class Door:
    """`acquire` of something that is no lock."""

    def acquire(self):
        return self

    def release(self):
        return self


def other_protocol(work):
    door = Door()
    door.acquire()  # ok: acquire-no-finally
    work()
    door.release()
