# settings: profile=library
"""What the documentation of a class says of one of its methods holds for what that method uses."""


class Loop:
    """Runs what is posted.

    - `run()`: comes back when it is stopped
    - `interrupt()`: like `stop()`, but may be called from other threads
    """

    def __init__(self):
        self._error = None
        self._posted = []

    def run(self):
        if self._error:
            error = self._error  # ok: check-then-act
            error.add_note("stopped")
        self._error = None

    def turn(self):
        if self._posted:
            self._posted.pop()()  # expect: check-then-act "documentation of `Loop.interrupt`"

    def interrupt(self):
        self._posted.append(print)
