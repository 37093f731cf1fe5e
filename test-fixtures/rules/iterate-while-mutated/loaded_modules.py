# settings: profile=library
"""Loops over views made by a helper, and over the table of loaded modules."""
import sys
import threading

import six


class Batches:
    def __init__(self):
        self._lock = threading.Lock()
        self._batches = {}

    def append(self, topic, record):
        self._batches[topic] = record

    def ready(self):
        return [topic for topic, batch in six.iteritems(self._batches) if batch]  # expect: iterate-while-mutated

    def all(self):
        return list(six.itervalues(self._batches))  # ok: iterate-while-mutated


def files():
    return [module.__file__ for module in sys.modules.values()]  # expect: iterate-while-mutated "sys.modules"


def names():
    return sorted(sys.modules)  # ok: iterate-while-mutated


def snapshot():
    for name, module in list(sys.modules.items()):  # ok: iterate-while-mutated
        print(name, module)


class Cached(type):
    """An instance of a metaclass is a class: everybody has it."""

    def __init__(cls, *args):
        cls._made = {}

    def __call__(cls, key):
        cls._made[key] = key
        return key

    def show(cls):
        for key in cls._made:  # expect: iterate-while-mutated "_made"
            print(key)
