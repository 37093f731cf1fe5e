"""The function that starts the observer uses the handler's own container: from the start on they share it."""
import time

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer


class Changes(FileSystemEventHandler):
    def __init__(self):
        self.paths = set()

    def on_created(self, event):
        self.paths.add(event.src_path)  # evidence: iterate-while-mutated


def main(copy):
    changes = Changes()
    observer = Observer()
    observer.schedule(changes, "inbox")
    for path in changes.paths:  # ok: iterate-while-mutated
        copy(path)
    observer.start()
    while True:
        time.sleep(1)
        for path in changes.paths:  # expect: iterate-while-mutated
            copy(path)
