"""A scheduler whose pool threads and callers change the same containers."""
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor


class Scheduler:
    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=4)
        self._running = {}
        self._cancelled = set()
        self._waiting = deque()
        self._order = []
        self._notes = {}

    def submit(self, job):
        self._running[job.id] = job
        self._waiting.append(job)
        self._order.append(job.id)
        self._pool.submit(self._work)

    def cancel(self, job_id):
        if job_id in self._running:
            del self._running[job_id]  # expect: check-then-act "self._running"
        self._cancelled.add(job_id)

    def _work(self):
        while self._waiting:
            job = self._waiting.popleft()  # expect: check-then-act "self._waiting"
            if job.id in self._cancelled:
                self._cancelled.remove(job.id)  # expect: check-then-act "self._cancelled"
                continue
            job.run()
            self._finish(job)

    def _finish(self, job):
        if job.id in self._running:
            self._running.pop(job.id)  # expect: check-then-act "self._running"
        if self._order:
            self._order.pop()  # expect: check-then-act "self._order"
        self._notes.pop(job.id, None)  # ok: check-then-act

    def note(self, job_id, text):
        self._notes[job_id] = text

    def note_of(self, job_id):
        if job_id in self._notes:
            return self._notes[job_id]  # expect: check-then-act "self._notes"
        return ""

    def oldest(self):
        if len(self._order) > 0:
            return self._order[0]  # expect: check-then-act "self._order"
        return None
