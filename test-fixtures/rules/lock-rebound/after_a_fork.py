"""Made anew in a process that was just forked, by a helper of what is registered for it, through an optional function."""
import os
import threading

_register = getattr(os, "register_at_fork", None)


class _Switchboard:
    def __init__(self):
        self.guard = threading.Lock()
        self.lines = {}

    def forget(self):
        self.guard = threading.Lock()  # ok: lock-rebound
        self.lines = {}

    def replace(self):
        self.guard = threading.Lock()  # expect: lock-rebound

    def connect(self, line, other):
        with self.guard:
            self.lines[line] = other


_switchboard = _Switchboard()


def connect(line, other):
    with _switchboard.guard:
        _switchboard.lines[line] = other


def _start_anew():
    if os.getpid() != 1:
        _switchboard.forget()


if _register is not None:
    _register(after_in_child=_start_anew)
