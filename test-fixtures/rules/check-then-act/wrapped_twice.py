# settings: profile=library
"""A class that wraps what others call when the first of its objects is made, and notes that on the class."""
import threading
from importlib import import_module

from wrapping import wrap_method

HANDLERS = ["shop.orders", "shop.stock"]


class TimedRequests:
    _wrapped = False

    def __init__(self, clock):
        self.clock = clock
        if clock.running and not self._wrapped:
            for path in HANDLERS:
                wrap_method(import_module(path), "handle", timed)
            TimedRequests._wrapped = True  # expect: check-then-act "two threads both find it unset"


class LockedRequests:
    _wrapped = False
    _wrapping = threading.Lock()

    def __init__(self, clock):
        self.clock = clock
        with self._wrapping:
            if not self._wrapped:
                for path in HANDLERS:
                    wrap_method(import_module(path), "handle", timed)
                LockedRequests._wrapped = True  # ok: check-then-act


def timed(handle, request):
    return handle(request)
