"""Cells of a function belong to one call of it, and a lock that is held is enough."""
import threading


def report(lines):
    level = 0

    def walk(items):
        nonlocal level
        level += 1  # ok: nonatomic-update
        for item in items:
            if isinstance(item, list):
                walk(item)
        level -= 1  # ok: nonatomic-update

    walk(lines)
    return level


def main(lines):
    worker = threading.Thread(target=report, args=(lines,))
    worker.start()
    report(lines)


class Backoff:
    def __init__(self):
        self._delay_lock = threading.Lock()
        self._delay = 1
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()

    def _run(self):
        self._delay = 1  # expect: inconsistent-lock
        self._wait()

    def _wait(self):
        with self._delay_lock:
            self._delay = min(self._delay * 2, 60)  # ok: nonatomic-update

    def longest(self):
        with self._delay_lock:
            return self._delay

    def reset(self):
        with self._delay_lock:
            self._delay = 1


class Connection:
    """Nobody else has an object whose `__del__` runs."""

    def __init__(self):
        self._pending = b""

    def start(self):
        threading.Thread(target=self._drain).start()

    def _drain(self):
        self._pending = self._pending[1:]  # ok: nonatomic-update

    def __del__(self):
        self._pending = b""
