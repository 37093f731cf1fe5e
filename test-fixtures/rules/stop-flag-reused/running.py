"""A flag that says "go on": it is cleared to stop the thread, and set again for the next one."""
import threading
import time


class Camera:
    def __init__(self):
        self.running = threading.Event()

    def start(self):
        self.running.set()  # expect: stop-flag-reused "was cleared"
        threading.Thread(target=self._grab).start()

    def stop(self):
        self.running.clear()  # evidence: stop-flag-reused

    def restart(self):
        self.stop()
        self.start()

    def _grab(self):
        while self.running.is_set():
            time.sleep(0.5)


class Patient:
    def __init__(self):
        self.running = threading.Event()
        self.thread = None

    def start(self):
        self.running.set()  # ok: stop-flag-reused
        self.thread = threading.Thread(target=self._grab)
        self.thread.start()

    def stop(self):
        self.running.clear()
        self.thread.join()

    def restart(self):
        self.stop()
        self.start()

    def _grab(self):
        while self.running.is_set():
            time.sleep(0.5)


class Gate:
    """Tells the thread to work, not to end: it is cleared and set many times."""

    def __init__(self):
        self.open = threading.Event()
        threading.Thread(target=self._work).start()

    def pause(self):
        self.open.clear()

    def go_on(self):
        self.open.set()  # ok: stop-flag-reused

    def blink(self):
        self.pause()
        self.go_on()

    def _work(self):
        while self.open.wait():
            time.sleep(0.5)


for one in (Camera(), Patient()):
    one.start()
    one.restart()
Gate().blink()
