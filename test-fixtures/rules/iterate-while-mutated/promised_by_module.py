# settings: profile=library
"""Plugins may register at any time; `names` may be called from any thread."""

_plugins = {}


def register(name, factory):
    _plugins[name] = factory


def names():
    return [name for name in _plugins if not name.startswith("_")]  # expect: iterate-while-mutated "documentation of this module"
