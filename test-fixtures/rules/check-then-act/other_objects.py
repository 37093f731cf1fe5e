"""Methods that a thread does not run, or not on the same object, or not any more."""
import threading


class Scheduler:
    _timer = None

    def process(self):
        self.wake()

    def wake(self):
        pass


class InBackground(Scheduler):
    def start(self):
        self._thread = threading.Thread(target=self._loop)
        self._thread.start()

    def _loop(self):
        self.process()


class InWindow(Scheduler):
    """Has no thread: the one above never runs these methods."""

    def wake(self):
        if self._timer:
            self._timer.stop()  # ok: check-then-act
            self._timer = None

    def show(self):
        self.wake()

    def arm(self, timer):
        self._timer = timer


class Server:
    """`prepare` is a step of `run`, and each caller that has no thread makes a server of its own."""

    def __init__(self):
        self.socket = None

    def run(self):
        self.prepare()

    def safe_run(self):
        self.run()

    def prepare(self):
        self.socket = None
        self.bind()
        if self.socket is not None:
            self.socket.listen()  # ok: check-then-act

    def bind(self):
        self.socket = open("socket")


def in_background(server: Server):
    threading.Thread(target=server.safe_run).start()


def main():
    server = Server()
    server.run()


class Sharer:
    """Stops after it has waited for its thread."""

    def __init__(self):
        self._listener = None
        self._thread = None

    def start(self, listener):
        self._listener = listener
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        if self._listener is not None:
            self._listener.accept()  # ok: check-then-act

    def stop(self):
        self._thread.join(5)
        self._listener = None
