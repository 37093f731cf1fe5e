"""Made once, in one step, or for nobody else yet."""
import os
import threading
from collections import defaultdict


class Counter:
    def __init__(self):
        self._counts = {}
        self._prepare()

    def _prepare(self):
        self._lock = threading.Lock()  # ok: lock-rebound

    def __setstate__(self, state):
        self._lock = threading.Lock()  # ok: lock-rebound
        self._counts = state

    def count(self, word):
        with self._lock:
            self._counts[word] = 1

    @classmethod
    def copy(cls, other):
        lock = threading.Lock()  # ok: lock-rebound
        return lock, other


class Rooms:
    def __init__(self):
        self._all = threading.Lock()
        self._locks = {}
        self._more = {}
        self._doors = defaultdict(threading.Lock)

    def lock_of(self, room):
        with self._all:
            if room not in self._locks:
                self._locks[room] = threading.Lock()  # ok: lock-rebound
            return self._locks[room]

    def other_lock_of(self, room):
        return self._more.setdefault(room, threading.Lock())  # ok: lock-rebound

    def enter(self, room):
        with self._doors[room]:
            print(room)

    def cleaned(self, room):
        with self._doors[room]:
            self._doors.pop(room, None)  # ok: lock-rebound


def setup(bot):
    """Called once, before the bot answers anybody."""
    if "locks" not in bot.memory:
        bot.memory["locks"] = threading.Lock()  # ok: lock-rebound


class Plugins:
    """Made while the module is imported, by the decorator of what it is for."""

    @classmethod
    def plugin(cls, class_):
        if not hasattr(cls, "_known"):
            cls._known = set()  # fp: lazy-init-race
            cls._known_lock = threading.Lock()  # ok: lock-rebound
        class_.add_to = cls
        return class_

    @classmethod
    def add(cls, one):
        with cls._known_lock:
            cls._known.add(one)


class PrinterPlugins(Plugins):
    pass


@PrinterPlugins.plugin
class Printer(threading.Thread):
    def run(self):
        PrinterPlugins.add(self)
