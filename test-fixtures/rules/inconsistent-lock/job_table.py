"""A table of jobs whose lock one method forgot."""
import threading


class JobTable:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = []
        self._done = {}
        self._owner = None

    def add(self, job):
        with self._lock:
            self._jobs.append(job)

    def add_all(self, jobs):
        with self._lock:
            self._jobs.extend(jobs)

    def finish(self, job, result):
        with self._lock:
            self._jobs.remove(job)
            self._done[job] = result

    def drop(self, job):
        self._jobs.remove(job)  # expect: inconsistent-lock "self._lock"

    def result(self, job):
        with self._lock:
            return self._done.get(job)

    def forget(self, job):
        del self._done[job]  # expect: inconsistent-lock "self._done"

    def adopt(self, owner):
        with self._lock:
            self._owner = owner

    def owner(self):
        with self._lock:
            return self._owner

    def is_owned_by(self, owner):
        with self._lock:
            return self._owner == owner

    def take_over(self, owner):
        self._owner = owner  # expect: inconsistent-lock "self._owner"

    def __repr__(self):
        return f"<JobTable {len(self._jobs)} open, {len(self._done)} done>"  # ok: inconsistent-lock
