"""A thread calls what others have added to its list of listeners, one after the other."""
import threading
from concurrent.futures import ThreadPoolExecutor

counts = {}


class Reader(threading.Thread):
    def __init__(self, port):
        super().__init__()
        self._port = port
        self._lock = threading.Lock()
        self._listeners = []
        self._guarded = []

    def listen(self, listener):
        with self._lock:
            self._listeners.append(listener)

    def listen_guarded(self, listener):
        with self._lock:
            self._guarded.append(listener)

    def run(self):
        for line in self._port:
            with self._lock:
                listeners = list(self._listeners)
                for guarded in self._guarded:
                    guarded(line)  # expect: callback-under-lock
            for listener in listeners:
                listener(line)


class Log:
    def __init__(self, reader):
        self.lines = 0
        self.bytes = 0
        self.words = 0
        reader.listen(self.on_line)
        reader.listen(self.on_bytes)
        reader.listen_guarded(self.on_words)

    def on_line(self, line):
        self.lines += 1  # expect: nonatomic-update
        self.bytes += 1  # ok: nonatomic-update

    def on_bytes(self, line):
        self.bytes += len(line)  # ok: nonatomic-update

    def on_words(self, line):
        self.words += len(line.split())  # ok: nonatomic-update

    def skip(self):
        self.lines += 1  # expect: nonatomic-update


class Bus:
    def __init__(self):
        self._handlers = []
        self._pool = ThreadPoolExecutor(4)

    def on(self, handler):
        self._handlers.append(handler)

    def emit(self, value):
        for handler in self._handlers:
            self._pool.submit(handler, value)


def count(word):
    counts[word] = counts.get(word, 0) + 1  # expect: nonatomic-update


bus = Bus()
bus.on(count)


def main(port, words):
    reader = Reader(port)
    log = Log(reader)
    reader.start()
    for word in words:
        log.skip()
        bus.emit(word)
