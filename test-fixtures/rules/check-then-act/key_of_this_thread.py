# settings: profile=library
"""Under the key of the running thread nobody else keeps anything."""

import threading

_HOOKS = {}


def enter(hook):
    key = threading.current_thread().ident
    _HOOKS[key] = hook


def leave():
    key = threading.current_thread().ident
    if key in _HOOKS:
        del _HOOKS[key]  # ok: check-then-act


def drop(key):
    if key in _HOOKS:
        del _HOOKS[key]  # expect: check-then-act
