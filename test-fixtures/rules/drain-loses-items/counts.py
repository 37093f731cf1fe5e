"""A count that is read and set back while others count it up."""
import threading
import time


class Rate:
    def __init__(self):
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0
        self.retries = 0
        threading.Thread(target=self.report).start()

    def hit(self):
        with self._lock:
            self.hits += 1  # evidence: drain-loses-items

    def miss(self):
        with self._lock:
            self.misses += 1

    def retry(self):
        with self._lock:
            self.retries += 1

    def report(self):
        while True:
            time.sleep(1)
            print(self.hits)  # evidence: drain-loses-items
            self.hits = 0  # expect: drain-loses-items "set back to zero"
            with self._lock:
                misses = self.misses
                self.misses = 0  # ok: drain-loses-items
            print(misses)
            if self.retries > 5:
                self.retries = 0  # ok: drain-loses-items


rate = Rate()


def serve():
    for _ in range(1000):
        rate.hit()
        rate.miss()
        rate.retry()


for _ in range(3):
    threading.Thread(target=serve).start()
