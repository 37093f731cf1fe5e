# settings: profile=library
"""Classes with coroutines live in one event loop, whatever they are called; what is done once is not done twice by its name."""


class SlowConnection:
    def __init__(self):
        self._writer = None

    async def connect(self, writer):
        self._writer = writer

    def drop(self):
        if self._writer:
            self._writer.abort()  # ok: check-then-act
            self._writer = None

    def __del__(self):
        self.drop()


class PlainConnection:
    def __init__(self):
        self._timer = None

    def arm(self, timer):
        self._timer = timer

    def _disarm(self):
        if self._timer:
            print(self._timer)
            cancel(self._timer)  # ok: check-then-act
            self._timer = None

    def received(self):
        self._disarm()


def cancel(timer):
    print(timer)
