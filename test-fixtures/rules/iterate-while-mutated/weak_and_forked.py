# settings: profile=library
"""Weak containers survive what the collector removes, not what another thread adds; a fresh child has no other thread."""
import os
import threading
import weakref

_names = set()
_paths = set()
_lock = threading.Lock()


class Guests:
    def __init__(self):
        self._lock = threading.Lock()
        self._here = weakref.WeakValueDictionary()
        self._left = weakref.WeakSet()

    def enter(self, guest):
        self._here[guest.name] = guest

    def leave(self, guest):
        self._left.discard(guest)

    def greet(self):
        for name, guest in self._here.items():  # expect: iterate-while-mutated "dictionary changed size"
            guest.greet(name)

    def wave(self):
        for guest in self._left:  # ok: iterate-while-mutated
            guest.wave()


def restart():
    for name in _names:  # ok: iterate-while-mutated
        name.restart()


def _after_fork_child():
    _names.clear()


def reopen():
    for path in _paths:  # ok: iterate-while-mutated
        path.reopen()


def _forget():
    _paths.clear()


os.register_at_fork(after_in_child=_forget)
