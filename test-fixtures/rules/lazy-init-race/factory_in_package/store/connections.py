"""The racing function; what makes it race is in tasks.py."""
from .driver import Driver

_driver = None
_named = {}


def driver():
    global _driver
    if _driver is None:
        _driver = Driver()  # expect: lazy-init-race "_driver"
    return _driver


def named(name):
    if name not in _named:
        _named[name] = Driver()  # expect: lazy-init-race "_named"
    return _named[name]
