import threading
import time


class Cache:
    """The constructor goes on after the thread is started; what the thread does not touch is its own until it returns."""

    def __init__(self):
        self.entries = {}
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.sweep, daemon=True)
        self.thread.start()  # expect: start-before-init
        self.hits = 0  # ok: inconsistent-lock
        self.evicted = 0

    def get(self, key):
        with self.lock:
            self.hits += 1
            return self.entries.get(key)

    def ratio(self):
        with self.lock:
            return self.hits / (self.hits + 1)

    def count(self):
        with self.lock:
            return self.evicted

    def sweep(self):
        while True:
            with self.lock:
                self.entries.clear()
                self.evicted += 1
            time.sleep(60)


cache = Cache()
for _ in range(4):
    threading.Thread(target=cache.get, args=("a",)).start()
print(cache.ratio(), cache.count())
