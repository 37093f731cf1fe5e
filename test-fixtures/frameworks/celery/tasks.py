"""Tasks of a thumbnail service; its workers run them in threads (settings.py)."""
import locale
import os
import threading

from celery import Celery, Task, shared_task

app = Celery("thumbnails")
app.config_from_object("settings")

made = {}
total = 0
lock = threading.Lock()


def note(size):
    made[size] = made.get(size, 0) + 1  # expect: nonatomic-update


@app.task(bind=True)
def shrink(self, path, size):
    global total
    note(size)
    with lock:
        total += 1  # ok: nonatomic-update
    return path


@shared_task
def label(path, language):
    before = locale.setlocale(locale.LC_TIME)
    locale.setlocale(locale.LC_TIME, language)  # expect: process-state-from-thread
    try:
        return f"{path} {os.getpid()}"
    finally:
        locale.setlocale(locale.LC_TIME, before)


class Resize(Task):
    runs = 0

    def __init__(self):
        self.last = None
        self.seen = {}

    def run(self, path):
        self.seen[path] = self.seen.get(path, 0) + 1  # expect: nonatomic-update
        return path
