"""One background thread and the code that owns the object both change the same fields."""
import threading
import time


class Heartbeat:
    def __init__(self, interval):
        self.interval = interval
        self.beats = 0
        self.ticks = 0
        self.stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def _run(self):
        while not self.stopped:
            time.sleep(self.interval)
            self.beats += 1  # expect: nonatomic-update "self.beats"
            self.ticks += 1  # ok: nonatomic-update

    def manual_beat(self):
        self.beats += 1  # expect: nonatomic-update "self.beats"

    def stop(self):
        self.stopped = True  # ok: nonatomic-update

    def seen(self):
        return self.ticks
