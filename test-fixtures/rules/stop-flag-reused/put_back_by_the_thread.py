"""A thread that puts its stop flag back when it begins forgets who has stopped it before."""
import threading
import time


class Pump:
    def __init__(self):
        self._stop = False
        self._thread = None

    def start(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self):
        self._stop = True  # evidence: stop-flag-reused
        self._thread.join()

    def _run(self):
        self._stop = False  # expect: stop-flag-reused "never ends"
        self._work()

    def _work(self):
        while not self._stop:
            time.sleep(1)


class Belt(threading.Thread):
    def __init__(self):
        super().__init__()
        self.running = False

    def run(self):
        self.running = True  # expect: stop-flag-reused "in the init"
        while self.running:
            time.sleep(1)

    def halt(self):
        self.running = False


class Reset:
    """Before the start nobody can be forgotten."""

    def __init__(self):
        self._stop = False
        self._thread = None

    def start(self):
        self._stop = False  # ok: stop-flag-reused
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self):
        self._stop = True
        self._thread.join()

    def _run(self):
        while not self._stop:
            time.sleep(1)


class Announced:
    """Who starts it waits until it has begun."""

    def __init__(self):
        self._stop = False
        self._begun = threading.Event()

    def start(self):
        threading.Thread(target=self._run).start()
        self._begun.wait()

    def stop(self):
        self._stop = True

    def _run(self):
        self._stop = False  # ok: stop-flag-reused
        self._begun.set()
        while not self._stop:
            time.sleep(1)


class Careful:
    """It looks first."""

    def __init__(self):
        self._stop = None

    def start(self):
        threading.Thread(target=self._run).start()

    def stop(self):
        self._stop = True

    def _run(self):
        if self._stop:
            return
        self._stop = False  # ok: stop-flag-reused
        while not self._stop:
            time.sleep(1)


class Once:
    """It says when it has ended, and nobody else says so."""

    def __init__(self):
        self.done = False

    def start(self):
        threading.Thread(target=self._run).start()

    def _run(self):
        self.done = False  # ok: stop-flag-reused
        while not self.done:
            time.sleep(1)
            self.done = True


for one in (Pump(), Reset(), Announced(), Careful()):
    one.start()
    one.stop()
belt = Belt()
belt.start()
belt.halt()
Once().start()
