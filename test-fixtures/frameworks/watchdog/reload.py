"""Reloads templates when files change: watchdog runs handlers in the thread of its observer."""
import time

try:
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers import Observer
except ImportError:

    class FileSystemEventHandler:
        pass

    Observer = None


class Reloader(FileSystemEventHandler):
    def __init__(self):
        self.pending = {}
        self.seen = 0

    def on_modified(self, event):
        self.seen += 1  # ok: nonatomic-update
        self.pending[event.src_path] = time.time()

    def flush(self):
        for path in self.pending:  # expect: iterate-while-mutated
            print("reload", path)


def main():
    reloader = Reloader()
    observer = Observer()
    observer.schedule(reloader, "templates")
    observer.start()
    while True:
        time.sleep(1)
        reloader.flush()
