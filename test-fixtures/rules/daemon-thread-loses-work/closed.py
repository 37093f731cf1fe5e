"""A file that its owner closes while the thread may be about to write to it."""
import sqlite3
import threading
import time


class Recorder:
    def __init__(self, path):
        self.target = open(path, "a")
        self.closing = False
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while not self.closing:
            self.target.write(f"{time.time()}\n")  # expect: daemon-thread-loses-work "may be closed"
            time.sleep(1)

    def close(self):
        self.closing = True
        self.target.close()  # evidence: daemon-thread-loses-work


class Locked:
    def __init__(self, path):
        self.target = open(path, "a")
        self.lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            with self.lock:
                if self.target.closed:
                    return
                self.target.write(f"{time.time()}\n")  # ok: daemon-thread-loses-work

    def close(self):
        with self.lock:
            self.target.close()


class Careful:
    def __init__(self, path):
        self.target = open(path, "a")
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                self.target.write(f"{time.time()}\n")  # ok: daemon-thread-loses-work
            except ValueError:
                return

    def close(self):
        self.target.close()


class Cleaner:
    """A transaction that the end of the program cuts short is rolled back: the next start cleans up as well."""

    def __init__(self, path):
        self.path = path
        self.stop = threading.Event()
        threading.Thread(target=self._clean, daemon=True).start()  # ok: daemon-thread-loses-work

    def _clean(self):
        rows = sqlite3.connect(self.path)
        while not self.stop.wait(60):
            rows.execute("delete from rows where at < ?", (time.time() - 60,))
            rows.commit()


for each in (Recorder, Locked, Careful):
    each("log.txt").close()
Cleaner("rows.db")
