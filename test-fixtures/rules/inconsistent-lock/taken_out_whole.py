"""What is taken out under the lock, and replaced there by a new one, is nobody else's any more."""
import threading


def note(where, text):
    where()["text"] = text


class Deferred:
    def __init__(self):
        self._calls = []
        self._kept = []
        self._lock = threading.Lock()

    def later(self, call):
        with self._lock:
            self._calls.append(call)
            self._kept.append(call)

    def run(self):
        with self._lock:
            calls = self._calls
            self._calls = []
        for call in calls:  # ok: inconsistent-lock
            call()

    def run_swapped(self):
        with self._lock:
            calls, self._calls = self._calls, []
        for call in calls:  # ok: inconsistent-lock
            call()

    def run_kept(self):
        with self._lock:
            kept = self._kept
        for call in kept:  # expect: inconsistent-lock
            call()

    def run_too_late(self):
        with self._lock:
            kept = self._kept
        with self._lock:
            self._kept = []
        for call in kept:  # fp: inconsistent-lock
            call()


class Parcels:
    def __init__(self):
        self.rows = []
        self.left = []
        self._lock = threading.Lock()

    def add(self, row):
        with self._lock:
            self.rows.append(row)
            self.left.append(row)
            if len(self.rows) < 10:
                return
            rows, self.rows = self.rows, []
            left = self.left
        self._send(rows)
        self._look(left)

    def _send(self, rows):
        for row in rows:  # ok: inconsistent-lock
            print(row)

    def _look(self, left):
        for row in left:  # expect: inconsistent-lock
            print(row)


parcels = Parcels()
for _ in range(3):
    threading.Thread(target=parcels.add, args=(1,)).start()
