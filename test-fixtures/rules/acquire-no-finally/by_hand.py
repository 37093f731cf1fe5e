"""Locks taken and given back by hand, so that an exception or a return keeps them for ever."""
import json
import threading

import requests

_lock = threading.Lock()
_cache = {}


def load(raw):
    _lock.acquire()  # expect: acquire-no-finally "_lock"
    data = json.loads(raw)
    _cache[raw] = data
    _lock.release()
    return data


def find(key):
    _lock.acquire()  # expect: acquire-no-finally "_lock"
    if key not in _cache:
        return None
    found = _cache[key]
    _lock.release()
    return found


def first(keys):
    for key in keys:
        _lock.acquire()  # expect: acquire-no-finally
        if key in _cache:
            break
        _lock.release()


def checked(key):
    _lock.acquire()  # expect: acquire-no-finally
    if not key:
        raise ValueError(key)
    _cache[key] = True
    _lock.release()


class Account:
    def __init__(self):
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._slots = threading.Semaphore(4)
        self.balance = 0

    def withdraw(self, amount):
        self._lock.acquire()  # expect: acquire-no-finally "self._lock"
        self.balance = self.balance - int(amount)
        self._lock.release()

    def notify(self, listener):
        self._changed.acquire()  # expect: acquire-no-finally "self._changed"
        listener(self.balance)
        self._changed.notify_all()
        self._changed.release()

    def use_slot(self, work):
        self._slots.acquire()  # expect: acquire-no-finally
        work()
        self._slots.release()

    def release_in_except_only(self, work):
        self._lock.acquire()  # expect: acquire-no-finally
        try:
            work()
        except OSError:
            self._lock.release()
            raise
        self._lock.release()


_slots = threading.BoundedSemaphore(4)


def download(address):
    _slots.acquire()  # expect: acquire-no-finally "_slots"
    answer = requests.get(address)
    _slots.release()
    return answer


def look(key):
    _lock.acquire()  # ok: acquire-no-finally
    found = _cache.get(key)
    _lock.release()
    return found
