# settings: profile=library
"""Copied so that it stays one object, and then read again."""
import threading


class Wire:
    def __init__(self, plug):
        self._lock = threading.Lock()
        self._plug = plug

    def cut(self):
        self._plug = None

    def call(self, number):
        plug = self._plug
        plug.dial(number)
        return self._plug.listen()  # expect: check-then-act "Use the copy"

    def answer(self):
        plug = self._plug
        plug.lift()
        return plug.listen()  # ok: check-then-act


class Kite:
    def __init__(self, string):
        self._lock = threading.Lock()
        self._string = string

    def __del__(self):
        self.reset()

    def reset(self):
        if self._string is None:
            return
        self._string.wind()  # expect: check-then-act "may be `None`"
        self._string = None
