"""A module lock taken again by a function of the same module, and by hand."""
import _thread
import threading

_lock = threading.Lock()
_old_lock = _thread.allocate_lock()
_changed = threading.Condition(threading.Lock())
_entries = {}
_old_entries = {}
_revision = {}


def get(key):
    with _lock:
        return _entries.get(key)


def get_and_set(key, value):
    with _lock:
        old = get(key)  # expect: self-deadlock "_lock"
        _entries[key] = value
        return old


def set_by_hand(key, value):
    _lock.acquire()
    try:
        _entries[key] = get(key) or value  # expect: self-deadlock "_lock"
    finally:
        _lock.release()


def old_get(key):
    with _old_lock:
        return _old_entries[key]


def old_touch(key):
    with _old_lock:
        return old_get(key)  # expect: self-deadlock "_old_lock"


def announce():
    with _changed:
        _changed.notify_all()


def change(key, value):
    with _changed:
        _revision[key] = value
        announce()  # expect: self-deadlock "_changed"


def get_after_release(key):
    _lock.acquire()
    try:
        known = key in _entries
    finally:
        _lock.release()
    return get(key) if known else None  # ok: self-deadlock


def try_get(key):
    if _lock.acquire(blocking=False):
        try:
            return _entries[key]
        finally:
            _lock.release()
    return None


def look(key):
    with _lock:
        return try_get(key)  # ok: self-deadlock
