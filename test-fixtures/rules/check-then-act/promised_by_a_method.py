# settings: profile=library
"""What the documentation of one method promises holds for what that method uses."""


class Loop:
    def __init__(self):
        self._callbacks = []
        self._timeouts = []

    def add_callback(self, callback):
        """Safe to call from any thread."""
        self._callbacks.append(callback)

    def add_timeout(self, timeout):
        self._timeouts.append(timeout)

    def turn(self):
        if self._callbacks:
            self._callbacks.pop()()  # expect: check-then-act "documentation of `Loop.add_callback`"
        if self._timeouts:
            self._timeouts.pop()()  # ok: check-then-act
