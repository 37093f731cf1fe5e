"""What a thread is given to call runs in it, one thread for each place that gives something."""
import threading
import time


def every(seconds, action):
    def loop():
        while True:
            action()
            time.sleep(seconds)

    threading.Thread(target=loop, daemon=True).start()


def repeat(action, times):
    for _ in range(times):
        action()


class Ticker(threading.Thread):
    def __init__(self, action):
        super().__init__()
        self._action = action

    def run(self):
        while True:
            self._beat()

    def _beat(self):
        self._action()


class Locked(threading.Thread):
    def __init__(self, lock, action):
        super().__init__()
        self._lock = lock
        self._action = action

    def run(self):
        with self._lock:
            self._action()


class Alarms:
    def __init__(self):
        self.raised = 0
        self.rounds = 0
        self.mails = 0

    def check(self):
        self.raised += 1  # expect: nonatomic-update
        self.rounds += 1  # ok: nonatomic-update

    def remind(self):
        self.raised += 2  # expect: nonatomic-update
        self.mails += 1  # ok: nonatomic-update


class Meter:
    def __init__(self):
        self.steps = 0
        self.wraps = 0

    def step(self):
        self.steps += 1  # expect: nonatomic-update

    def wrap(self):
        self.wraps += 1  # ok: nonatomic-update


class Probe:
    def __init__(self):
        self.reads = 0
        self.writes = 0

    def read(self):
        self.reads += 1  # ok: nonatomic-update

    def write(self):
        self.writes += 1  # ok: nonatomic-update


total = 0


def add():
    global total
    total += 1  # expect: nonatomic-update


def main():
    alarms = Alarms()
    every(10, alarms.check)
    every(600, alarms.remind)

    meter = Meter()
    Ticker(meter.step).start()
    Ticker(action=meter.step).start()
    Ticker(meter.wrap).start()

    for _ in range(3):
        probe = Probe()
        every(1, probe.read)

    shared = Probe()
    lock = threading.Lock()
    Locked(lock, shared.write).start()
    Locked(lock, shared.write).start()

    for _ in range(4):
        threading.Thread(target=repeat, args=(add, 100)).start()
