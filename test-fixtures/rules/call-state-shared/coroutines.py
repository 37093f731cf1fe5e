"""Generators that a loop goes on with are coroutines: their calls take turns in one thread."""
import threading

from tornado import gen


class Valve:
    def __init__(self):
        self.closing = False
        self.draining = False

    @gen.coroutine
    def close(self, timeout):
        if self.closing:
            raise gen.Return(False)
        self.closing = True  # ok: call-state-shared
        yield gen.sleep(timeout)
        self.closing = False
        raise gen.Return(True)

    def drain(self):
        if self.draining:
            return
        self.draining = True  # expect: call-state-shared
        self.flush()
        self.draining = False

    def flush(self):
        pass


valve = Valve()


def work():
    valve.close(3)
    valve.drain()


threading.Thread(target=work).start()
threading.Thread(target=work).start()
