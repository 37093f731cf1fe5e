"""What a lock guards leaves the lock."""
import threading


class Stable:
    def __init__(self):
        self._lock = threading.Lock()
        self._horses = {}

    def enter(self, horse):
        with self._lock:
            self._horses[horse.name] = horse  # evidence: escaped-guarded-state

    def names(self):
        with self._lock:
            return self._horses.keys()  # expect: escaped-guarded-state "`self._lock`"

    @property
    def horses(self):
        with self._lock:
            return self._horses  # expect: escaped-guarded-state


_jobs_lock = threading.Lock()
_jobs = []


def add(job):
    with _jobs_lock:
        _jobs.append(job)


def jobs():
    with _jobs_lock:
        return _jobs  # expect: escaped-guarded-state "`_jobs_lock`"
