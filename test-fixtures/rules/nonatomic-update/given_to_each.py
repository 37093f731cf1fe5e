"""Several threads that are made one after the other call what each was given: bound to one object of all, or to one for each."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor


class Packer(threading.Thread):
    def __init__(self, parcels, packed):
        super().__init__(daemon=True)
        self.parcels = parcels
        self.packed = packed
        self.handled = 0

    def run(self):
        while True:
            parcel = self.parcels.get()
            self.handled += 1  # ok: nonatomic-update
            self.packed(parcel)


class Depot:
    def __init__(self, packers):
        self.parcels = queue.Queue()
        self.weight = 0
        self.packers = [Packer(self.parcels, self.note) for _ in range(packers)]

    def note(self, parcel):
        self.weight += parcel.weight  # expect: nonatomic-update

    def open(self):
        for packer in self.packers:
            packer.start()


class Bench:
    def __init__(self):
        self.count = 0

    def note(self, parcel):
        self.count += 1  # ok: nonatomic-update


class Tally:
    def __init__(self):
        self.count = 0

    def note(self, parcel):
        self.count += 1  # expect: nonatomic-update


class Copy:
    def __init__(self, path, report):
        self.path = path
        self.report = report

    def __call__(self):
        with open(self.path, "rb") as source:
            while block := source.read(65536):
                self.report(len(block))


class Progress:
    def __init__(self):
        self.done = 0

    def advance(self, count):
        self.done += count  # expect: nonatomic-update


def copy_all(paths):
    progress = Progress()
    with ThreadPoolExecutor() as pool:
        for path in paths:
            pool.submit(Copy(path, progress.advance))


def main(parcels):
    Depot(4).open()
    for _ in range(4):
        bench = Bench()
        Packer(parcels, bench.note).start()
    tally = Tally()
    for _ in range(4):
        Packer(parcels, packed=tally.note).start()
