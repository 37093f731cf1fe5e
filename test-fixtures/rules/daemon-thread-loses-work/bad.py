"""Daemon threads that write what others give them, and that nobody waits for."""
import json
import queue
import threading


class KeyLog:
    def __init__(self, path):
        self.path = path
        self.keys = queue.Queue()
        threading.Thread(target=self._write, daemon=True).start()  # expect: daemon-thread-loses-work "stops `KeyLog._write` in the middle"

    def _write(self):
        with open(self.path, "w") as target:
            while True:
                target.write(self.keys.get())


class Checkpoints:
    def __init__(self):
        self.wanted = threading.Event()
        self.state = None
        self.thread = threading.Thread(target=self._run)  # expect: daemon-thread-loses-work
        self.thread.daemon = True
        self.thread.start()

    def _run(self):
        while True:
            self.wanted.wait()
            self._save()

    def _save(self):
        json.dump(self.state, self.target)


KeyLog("keys.txt")
Checkpoints()
