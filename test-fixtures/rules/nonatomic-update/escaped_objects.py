"""An object that a call makes is its own until it is put where others find it."""
import threading


class Job:
    def __init__(self):
        self.steps = 0
        self.tries = 0
        self.seen = 0


class Server:
    def __init__(self):
        self.jobs = []
        for _ in range(4):
            threading.Thread(target=self._work).start()
        threading.Thread(target=self._watch).start()

    def _work(self):
        job = Job()
        job.steps += 1  # ok: nonatomic-update
        job.tries += 1  # ok: nonatomic-update
        self.jobs.append(job)
        job.tries += 1  # expect: nonatomic-update
        mine = {}
        mine["n"] = 0
        mine["n"] += 1  # ok: nonatomic-update
        self._register(Job())

    def _register(self, job):
        job.seen += 1  # ok: nonatomic-update

    def _watch(self):
        for job in self.jobs:
            job.tries += 1  # expect: nonatomic-update


def run(job):
    job.seen += 1  # ok: nonatomic-update


for _ in range(4):
    job = Job()
    threading.Thread(target=run, args=(job,)).start()
    threading.Thread(target=run, args=(Job(),)).start()
