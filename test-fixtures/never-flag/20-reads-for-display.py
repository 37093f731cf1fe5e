# Never flag 20: reads for __repr__, logging, metrics and lengths that are only shown.
import logging
import threading

log = logging.getLogger(__name__)


class Pool:
    def __init__(self, size):
        self._lock = threading.Lock()
        self._idle = []
        self._busy = {}
        self._size = size
        self._taken = 0

    def take(self):
        with self._lock:
            connection = self._idle.pop() if self._idle else object()
            self._busy[id(connection)] = connection
            self._taken += 1
        log.debug("taken %d, %d busy", self._taken, len(self._busy))
        return connection

    def give_back(self, connection):
        with self._lock:
            del self._busy[id(connection)]
            self._idle.append(connection)
        log.debug("idle: %s", len(self._idle))

    def close(self):
        with self._lock:
            self._idle.clear()
            self._busy.clear()

    def __repr__(self):
        return f"<Pool {len(self._idle)} idle, {len(self._busy)} busy of {self._size}>"

    def __str__(self):
        return f"pool of {self._size}, {self._taken} taken"

    def __len__(self):
        return len(self._busy)

    def report(self, gauge):
        gauge.set(len(self._busy))
        gauge.labels("idle").set(len(self._idle))

    def show(self):
        print(f"{len(self._idle)} idle, {self._taken} taken so far")
