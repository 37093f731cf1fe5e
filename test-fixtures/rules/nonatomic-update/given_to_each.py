"""Several threads that are made one after the other call what each was given: bound to one object of all, or to one for each."""
import queue
import threading


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


def main(parcels):
    Depot(4).open()
    for _ in range(4):
        bench = Bench()
        Packer(parcels, bench.note).start()
    tally = Tally()
    for _ in range(4):
        Packer(parcels, packed=tally.note).start()
