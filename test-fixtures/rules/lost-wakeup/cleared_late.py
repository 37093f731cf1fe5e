"""An event that is cleared when the work has been looked for already, first, or under the lock of those who set it."""
import threading
from collections import deque


class Late:
    def __init__(self):
        self.wake = threading.Event()
        self.jobs = deque()
        threading.Thread(target=self.run, daemon=True).start()

    def add(self, job):
        self.jobs.append(job)
        self.wake.set()

    def run(self):
        while True:
            self.wake.wait()
            while self.jobs:
                self.jobs.popleft()()
            self.wake.clear()  # expect: lost-wakeup "cleared after the work"


class First:
    def __init__(self):
        self.wake = threading.Event()
        self.jobs = deque()
        threading.Thread(target=self.run, daemon=True).start()

    def add(self, job):
        self.jobs.append(job)
        self.wake.set()

    def run(self):
        while True:
            self.wake.wait()
            self.wake.clear()  # ok: lost-wakeup
            while self.jobs:
                self.jobs.popleft()()


class Locked:
    def __init__(self):
        self.lock = threading.Lock()
        self.wake = threading.Event()
        self.jobs = []
        threading.Thread(target=self.run, daemon=True).start()

    def add(self, job):
        with self.lock:
            self.jobs.append(job)
            self.wake.set()

    def run(self):
        while True:
            self.wake.wait()
            with self.lock:
                jobs, self.jobs = self.jobs, []
                self.wake.clear()  # ok: lost-wakeup
            for job in jobs:
                job()


late = Late()
first = First()
locked = Locked()
for _ in range(10):
    late.add(print)
    first.add(print)
    locked.add(print)
