# settings: profile=library
"""A lock that all objects of a class share is there for what they share. Of what each has for itself it says nothing."""

import threading


class Element:
    _memo_lock = threading.RLock()
    _memo = {}

    def __init__(self):
        self._parts = {}

    def parse(self, text):
        with Element._memo_lock:
            Element._memo[text] = self
        return text

    def add(self, name, part):
        self._parts[name] = part

    def drop(self, name):
        if name in self._parts:
            del self._parts[name]  # ok: check-then-act


class Station:
    """Its objects do use the lock for what is their own."""

    _lock = threading.Lock()

    def __init__(self):
        self._trains = {}
        self._names = {}

    def arrive(self, name, train):
        with self._lock:
            self._trains[name] = train

    def name(self, train, name):
        self._names[train] = name

    def forget(self, train):
        if train in self._names:
            del self._names[train]  # expect: check-then-act "owns"
