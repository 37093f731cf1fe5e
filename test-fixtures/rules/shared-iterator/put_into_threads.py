"""An iterator that several threads, or the objects that they work on, were made with."""
import csv
import threading
from concurrent.futures import ThreadPoolExecutor


def lines_of(path):
    with open(path) as source:
        for line in source:
            yield line.rstrip()


class Sender(threading.Thread):
    def __init__(self, lines, wire):
        super().__init__()
        self.lines = lines
        self.wire = wire

    def run(self):
        for line in self.lines:  # expect: shared-iterator "Several threads step through one iterator, `self.lines`"
            self.wire.send(line)


class Taker(threading.Thread):
    def __init__(self, rows):
        super().__init__()
        self._rows = rows

    def run(self):
        while self._take():
            pass

    def _take(self):
        row = next(self._rows, None)  # expect: shared-iterator
        print(row)
        return row is not None


class Part:
    def __init__(self, lines):
        self.lines = lines

    def work(self):
        for line in self.lines:  # expect: shared-iterator
            print(line)


class Own(threading.Thread):
    def __init__(self, lines):
        super().__init__()
        self.lines = lines

    def run(self):
        for line in self.lines:  # ok: shared-iterator
            print(line)


class InTurn(threading.Thread):
    def __init__(self, lines):
        super().__init__()
        self.lines = lines

    def run(self):
        for line in self.lines:  # ok: shared-iterator
            print(line)
            break


class Guarded(threading.Thread):
    def __init__(self, lines, lock):
        super().__init__()
        self.lines = lines
        self.lock = lock

    def run(self):
        while True:
            with self.lock:
                line = next(self.lines, None)  # ok: shared-iterator
            if line is None:
                return
            print(line)


class Pages(threading.Thread):
    def __init__(self, pages):
        super().__init__()
        self.pages = pages

    def run(self):
        for page in self.pages:  # ok: shared-iterator
            print(page)


def send(path, wire):
    lines = lines_of(path)
    senders = [Sender(lines, wire) for _ in range(4)]
    for sender in senders:
        sender.start()


def take(path):
    rows = csv.reader(open(path))
    first = Taker(rows)
    second = Taker(rows)
    first.start()
    second.start()


def split(path):
    lines = lines_of(path)
    with ThreadPoolExecutor() as pool:
        for _ in range(3):
            pool.submit(Part(lines).work)


def each(paths):
    for path in paths:
        lines = lines_of(path)
        Own(lines).start()


def one_by_one(path):
    lines = lines_of(path)
    for _ in range(3):
        thread = InTurn(lines)
        thread.start()
        thread.join()


def locked(path):
    lines = lines_of(path)
    lock = threading.Lock()
    for _ in range(3):
        Guarded(lines, lock).start()


def print_all(path):
    pages = list(lines_of(path))
    for _ in range(3):
        Pages(pages).start()
