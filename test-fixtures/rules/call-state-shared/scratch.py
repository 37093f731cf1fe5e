"""What each call makes for itself, kept where all calls find it."""
import time
from concurrent.futures import ThreadPoolExecutor


class Stopwatch:
    def __init__(self):
        self.started = 0.0
        self.last = 0.0
        self.cache = None

    def run(self, job):
        self.started = time.perf_counter()  # expect: call-state-shared "what one call has made for itself"
        job()
        return self._elapsed()

    def _elapsed(self):
        return time.perf_counter() - self.started  # evidence: call-state-shared


class Harmless:
    def __init__(self):
        self.seen = 0.0
        self.table = None

    def run(self, job):
        self.seen = time.time()  # ok: call-state-shared
        if self.table is None:
            self.table = dict(a=1)  # expect: lazy-init-race
        job()
        return self.table["a"]

    def status(self):
        return self.seen


class Local:
    def run(self, job):
        started = time.perf_counter()
        job()
        return self._elapsed(started)

    def _elapsed(self, started):
        return time.perf_counter() - started


watch, harmless, local = Stopwatch(), Harmless(), Local()
with ThreadPoolExecutor() as pool:
    pool.map(watch.run, [time.time] * 3)
    pool.map(harmless.run, [time.time] * 3)
    pool.map(local.run, [time.time] * 3)
    print(harmless.status())
