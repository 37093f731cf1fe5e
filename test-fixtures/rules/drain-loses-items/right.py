"""One entry at a time, or one lock around both steps."""
import threading
from collections import deque

_outbox = deque()
_lock = threading.Lock()
_batch = []


def send(mail):
    _outbox.append(mail)
    with _lock:
        _batch.append(mail)


def flush(server):
    while True:
        try:
            server.send(_outbox.popleft())
        except IndexError:
            break
    with _lock:
        batch = list(_batch)
        _batch.clear()  # ok: drain-loses-items
    return batch


def every_minute(server, stopping):
    while not stopping.wait(60):
        flush(server)


def main(server, stopping):
    threading.Thread(target=every_minute, args=(server, stopping)).start()
    while True:
        send(input())


class Own:
    def collect(self, lines):
        found = []
        for line in lines:
            found.append(line)
        kept = list(found)
        found.clear()  # ok: drain-loses-items
        return kept
