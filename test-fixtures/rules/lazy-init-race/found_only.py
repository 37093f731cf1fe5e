# settings: profile=library
"""What is looked for at the first use, and is the same whoever finds it: a module, a class, a logger. And what is made of it."""
import importlib
import logging

_decimal = None
_numbers = ()
_codec = None


def decimal():
    global _decimal
    if _decimal is None:
        import decimal

        _decimal = decimal  # ok: lazy-init-race
    return _decimal


def numbers():
    global _numbers
    if not _numbers:
        from fractions import Fraction

        _numbers = (int, Fraction)  # ok: lazy-init-race
    return _numbers


def codec():
    global _codec
    if _codec is None:
        import codecs

        codecs.register(print)
        _codec = codecs  # expect: lazy-init-race
    return _codec


class Settings:
    """Safe to use from several threads."""

    def __init__(self):
        self._log = None
        self._backend = None
        self._context = None

    @property
    def log(self):
        if self._log is None:
            self._log = logging.getLogger(__name__)  # ok: lazy-init-race
        return self._log

    @property
    def backend(self):
        if self._backend is None:
            self._backend = importlib.import_module("json")  # ok: lazy-init-race
        return self._backend

    @property
    def context(self):
        if self._context is None:
            import decimal

            self._context = decimal.Context()  # expect: lazy-init-race
        return self._context
