# settings: profile=library
"""A command keeps what it was told in its module; it has its process for itself."""
import sys

options = {}
_seen = None


def take_arguments(words):
    for word in words:
        name, _, value = word.partition("=")
        options[name] = value


def connect(host):
    global _seen
    if _seen is None:
        _seen = open(host)  # ok: lazy-init-race
    return _seen


def run():
    take_arguments(sys.argv)
    connect(options["host"])
