# settings: profile=library
"""Who asks the loop for a thread runs in the loop, with or without coroutines."""


class Executor:
    def __init__(self, loop):
        self.loop = loop
        self.pending = {}

    def send(self, key, step):
        def done(future):
            self.pending.pop(key, None)

        future = self.loop.run_in_executor(None, step)
        future.add_done_callback(done)
        self.pending[key] = future

    def cancel(self, key):
        if key in self.pending:
            self.pending[key].cancel()  # ok: check-then-act
