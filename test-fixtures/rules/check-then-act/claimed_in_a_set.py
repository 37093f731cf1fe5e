"""A set that says what has been taken on, asked and told in two steps."""
import queue
import threading


class Mirror:
    def __init__(self):
        self.taken = set()
        self.names = set()
        self.jobs = queue.Queue()
        self._lock = threading.Lock()

    def offer(self, path):
        if path not in self.taken:
            self.taken.add(path)  # expect: check-then-act "both go on"
            self.jobs.put(path)

    def offer_once(self, path):
        with self._lock:
            if path in self.names:
                return
            self.names.add(path)  # ok: check-then-act
        self.jobs.put(path)

    def remember(self, path):
        if path not in self.taken:
            self.taken.add(path)  # ok: check-then-act

    def run(self):
        while True:
            path = self.jobs.get()
            self.offer(path + "/next")
            self.offer_once(path)
            self.remember(path)


def main():
    mirror = Mirror()
    for _ in range(4):
        threading.Thread(target=mirror.run).start()
