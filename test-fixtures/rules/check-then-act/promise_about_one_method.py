# settings: profile=library
"""What the documentation of a class says of one of its methods is taken for a promise of the whole."""


class Loop:
    """Runs what is posted.

    - `run()`: comes back when it is stopped
    - `interrupt()`: like `stop()`, but may be called from other threads
    """

    def __init__(self):
        self._error = None

    def run(self):
        if self._error:
            error = self._error  # fp: check-then-act
            error.add_note("stopped")
        self._error = None

    def interrupt(self):
        pass
