"""The old thread is waited for, has a flag of its own, or is never followed by another."""
import threading
import time


class Joined:
    def __init__(self):
        self._quit = threading.Event()
        self._thread = None

    def start(self):
        self._quit.clear()  # ok: stop-flag-reused
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self):
        self._quit.set()
        self._thread.join()

    def _run(self):
        while not self._quit.is_set():
            time.sleep(1)

    def restart(self):
        self.stop()
        self.start()


class OwnFlag:
    def __init__(self):
        self._quit = threading.Event()

    def start(self):
        self._quit = quit_ = threading.Event()  # ok: stop-flag-reused
        threading.Thread(target=self._run, args=(quit_,)).start()

    def stop(self):
        self._quit.set()

    def _run(self, quit_):
        while not quit_.is_set():
            time.sleep(1)

    def restart(self):
        self.stop()
        self.start()


class Once:
    """Nobody shows that it is started a second time."""

    def __init__(self):
        self._quit = threading.Event()

    def start(self):
        self._quit.clear()  # ok: stop-flag-reused
        threading.Thread(target=self._run).start()

    def stop(self):
        self._quit.set()

    def _run(self):
        while not self._quit.is_set():
            time.sleep(1)


class Guarded:
    """Started only when no thread runs."""

    def __init__(self):
        self._quit = threading.Event()
        self._running = False

    def start(self):
        if self._running:
            return
        self._running = True
        self._quit.clear()  # ok: stop-flag-reused
        threading.Thread(target=self._run).start()

    def stop(self):
        self._quit.set()

    def _run(self):
        while not self._quit.is_set():
            time.sleep(1)
        self._running = False

    def restart(self):
        self.stop()
        self.start()
