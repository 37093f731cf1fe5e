"""An object that is made for work by its own thread never does that work itself, and the other way round."""
import threading


class Reader:
    def __init__(self, source, size=1, own_thread=True):
        self.source = source
        self.size = size
        self.own_thread = own_thread
        self.lines = 0
        self.pages = 0
        self.seen = 0
        if size > 0:
            self.queue = []
            threading.Thread(target=self._work).start()
        if own_thread:
            threading.Thread(target=self._turn).start()

    def _work(self):
        while self.source:
            self.queue.append(self._read())
            self.seen += 1  # expect: nonatomic-update

    def _turn(self):
        self._leaf()

    def _read(self):
        self.lines += 1  # ok: nonatomic-update
        return self.source.pop()

    def _leaf(self):
        self.pages += 1  # ok: nonatomic-update

    def read(self):
        if self.size <= 0:
            return self._read()
        self.seen += 1  # expect: nonatomic-update
        return self.queue.pop()

    def leaf(self):
        if not self.own_thread:
            self._leaf()


class Printer:
    def __init__(self, size=1):
        self.size = size
        self.lines = 0
        if size > 0:
            threading.Thread(target=self._work).start()

    def _work(self):
        self._print()

    def resize(self, size):
        self.size = size

    def _print(self):
        self.lines += 1  # expect: nonatomic-update

    def print(self):
        if self.size <= 0:
            self._print()


reader = Reader([1, 2])
reader.read()
reader.leaf()
printer = Printer()
printer.resize(0)
printer.print()
