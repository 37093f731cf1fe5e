# settings: profile=library
"""An entry that is looked up without the lock under which entries go."""
import threading


class Jobs:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = {}
        self._kinds = {}

    def add(self, name, job):
        with self._lock:
            self._jobs[name] = job
            self._kinds[name] = type(job)

    def drop(self, name):
        with self._lock:
            self._jobs.pop(name, None)

    def names(self):
        with self._lock:
            return sorted(self._jobs)

    def count(self):
        with self._lock:
            return sum(1 for _ in self._jobs.items())

    def kinds(self):
        with self._lock:
            return sorted(self._kinds)

    def run(self, name):
        return self._jobs[name].run()  # expect: inconsistent-lock "looked into here"

    def run_if_there(self, name):
        try:
            return self._jobs[name].run()  # ok: inconsistent-lock
        except KeyError:
            return None

    def run_got(self, name):
        job = self._jobs.get(name)
        return job and job.run()  # ok: inconsistent-lock

    def make(self, name):
        return self._kinds[name]()  # ok: inconsistent-lock
