"""A reentrant lock that is taken again is still held after the inner release."""
import threading


class Ledger:
    def __init__(self):
        self.lock = threading.RLock()
        self.entries = 0
        self.writes = 0

    def post(self):
        with self.lock:
            with self.lock:
                self.writes += 1  # ok: inconsistent-lock
            self.entries += 1  # ok: inconsistent-lock

    def post_by_hand(self):
        self.lock.acquire()
        self.lock.acquire()
        self.writes += 1  # ok: inconsistent-lock
        self.lock.release()
        self.entries += 1  # ok: inconsistent-lock
        self.lock.release()


ledger = Ledger()
for _ in range(4):
    threading.Thread(target=ledger.post).start()
    threading.Thread(target=ledger.post_by_hand).start()
