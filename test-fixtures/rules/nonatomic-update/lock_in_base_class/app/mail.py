"""The lock comes from the base class in another module."""
from concurrent.futures import ThreadPoolExecutor

from .base import Service


class Mailer(Service):
    def __init__(self):
        super().__init__()
        self.sent = 0
        self.skipped = 0

    def send_all(self, addresses):
        with ThreadPoolExecutor() as pool:
            for address in addresses:
                pool.submit(self.send, address)

    def send(self, address):
        if "@" not in address:
            self.skipped += 1  # expect: nonatomic-update "self.skipped"
            return
        with self._lock:
            self.sent += 1  # ok: nonatomic-update
            self.calls += 1  # ok: nonatomic-update
