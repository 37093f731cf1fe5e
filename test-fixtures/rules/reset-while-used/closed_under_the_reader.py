"""A reader thread that goes on with what another method takes away."""

import queue
import socket
import threading


class Feed:
    def __init__(self, address):
        self._address = address
        self._conn = None
        self._handler = None
        self._worker = None

    def open(self, handler):
        self._handler = handler
        self._conn = socket.create_connection(self._address)
        self._worker = threading.Thread(target=self._pump, daemon=True)
        self._worker.start()

    def _pump(self):
        while True:
            data = self._conn.recv(4096)  # expect: reset-while-used "`Feed.close` sets it to `None`"
            if not data:
                break
            self._handler(data)  # fn: reset-while-used

    def close(self):
        self._conn.close()
        self._conn = None  # evidence: reset-while-used
        self._handler = None


class Table:
    """The thread takes away what its callers subscribe to."""

    def __init__(self, url):
        self.url = url
        self._routes = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while fetch(self.url):
            pass
        del self._routes

    def route(self, name):
        return self._routes[name]  # expect: reset-while-used "gone"


def fetch(url):
    return len(url) > 3


class Watcher(threading.Thread):
    """The lock around the use does nothing, since nobody else takes it."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self._lock = threading.Lock()
        self._source = open(path)
        self.events = queue.Queue()

    def run(self):
        while True:
            with self._lock:
                line = self._source.readline()  # expect: reset-while-used
            self.events.put(line)

    def stop(self):
        if self._source:
            self._source.close()  # ok: reset-while-used
            self._source = None


def main(path):
    feed = Feed(("localhost", 80))
    feed.open(print)
    table = Table("http://localhost")
    watcher = Watcher(path)
    watcher.start()
    print(table.route("a"))
    watcher.stop()
    feed.close()


main("events.log")
