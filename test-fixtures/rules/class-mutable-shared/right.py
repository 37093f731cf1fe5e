"""Containers of each object, and containers that are shared on purpose."""
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar


class Scan:
    ports = [22, 80]
    errors = []
    SEEN = []
    registry = {}
    known: ClassVar[list] = []
    guarded = []
    _lock = threading.Lock()

    def __init__(self):
        self.errors = []

    def run(self, host):
        self.errors.append(host)  # ok: class-mutable-shared
        self.SEEN.append(host)  # ok: class-mutable-shared
        self.registry[host] = self  # ok: class-mutable-shared
        self.known.append(host)  # ok: class-mutable-shared
        with self._lock:
            self.guarded.append(host)  # ok: class-mutable-shared
        return len(self.ports)


class Alone:
    rows = []

    def add(self, row):
        self.rows.append(row)  # ok: class-mutable-shared


with ThreadPoolExecutor() as pool:
    for host in ("a", "b"):
        pool.submit(Scan().run, host)
Alone().add(1)
