"""A decorator takes the lock that it is given, or the object's own under another name."""
import functools
import threading

_GATE = threading.RLock()


def guarded(lock=None):
    def wrap(function):
        def call(*args, **kwargs):
            taken = lock
            if not taken:
                taken = getattr(args[0], "mutex")
            try:
                taken.acquire()
                return function(*args, **kwargs)
            finally:
                taken.release()

        return call

    return wrap


def with_own(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        with args[0].mutex:
            return function(*args, **kwargs)

    return call


def with_named(name):
    def wrap(function):
        @functools.wraps(function)
        def call(self, *args, **kwargs):
            with getattr(self, name):
                return function(self, *args, **kwargs)

        return call

    return wrap


class Depot:
    def __init__(self):
        self.mutex = threading.RLock()
        self._room = threading.Condition(_GATE)
        self._own = threading.Condition(self.mutex)

    @guarded(_GATE)
    def free(self):
        self._room.notify_all()  # ok: condition-without-lock

    @guarded(lock=_GATE)
    def free_by_name(self):
        self._room.notify_all()  # ok: condition-without-lock

    @guarded()
    def free_own(self):
        self._own.notify_all()  # ok: condition-without-lock

    @with_own
    def free_first(self):
        self._own.notify_all()  # ok: condition-without-lock

    @with_named("mutex")
    def free_named(self):
        self._own.notify_all()  # fp: condition-without-lock

    @guarded()
    def other(self):
        self._room.notify_all()  # expect: condition-without-lock

    @guarded(_GATE)
    def other_still(self):
        self._own.notify_all()  # expect: condition-without-lock

    def run(self):
        self.free()
        self.free_by_name()
        self.free_own()
        self.free_first()
        self.free_named()
        self.other()
        self.other_still()
