# Never flag 2: boolean and None stop flags, and other names that are only ever given constants.
import threading
import time

stopping = False
state = "idle"


class Poller:
    def __init__(self, source):
        self._source = source
        self._lock = threading.Lock()
        self._stop = False
        self._paused = False
        self._phase = "new"
        self._error = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._phase = "running"
        self._thread.start()

    def pause(self):
        self._paused = True

    def resume(self):
        self._paused = False

    def stop(self):
        if not self._stop:
            self._stop = True
        self._error = None

    def _run(self):
        global state
        while not self._stop and not stopping:
            if self._paused:
                time.sleep(0.1)
                continue
            state = "polling"
            self._source.poll()
            state = "idle"
        self._phase = "stopped"


def stop_all():
    global stopping
    stopping = True
