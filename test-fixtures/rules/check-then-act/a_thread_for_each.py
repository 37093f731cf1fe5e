"""A hub that starts a thread for each port it is given; in the second program all threads get one port."""
import threading
from collections import deque


class Port:
    def __init__(self, device):
        self._device = device
        self._lines = deque()
        self._rest = ""

    def read(self):
        if len(self._lines) != 0:
            return self._lines.popleft()  # ok: check-then-act
        self._rest += self._device.read()  # ok: nonatomic-update
        *whole, self._rest = self._rest.split("\n")
        self._lines.extend(whole)
        return None


class Hub:
    def __init__(self, ports):
        self.seen = 0
        for port in ports:
            self.add(port)

    def add(self, port):
        threading.Thread(target=self._pump, args=(port,), daemon=True).start()

    def _pump(self, port):
        while True:
            if port.read() is not None:
                self.seen += 1  # expect: nonatomic-update


class Meter:
    """Its lock is for the names; whoever reads in a loop has given it to no hub."""

    _names = threading.Lock()

    def __init__(self, device):
        self._device = device
        self._ticks = 0
        self.names = {}

    def name(self, key, text):
        with self._names:
            self.names[key] = text

    def read(self):
        self._ticks += self._device.ticks()  # ok: nonatomic-update
        return self._ticks

    def __iter__(self):
        while True:
            yield self.read()


class Board:
    """One board for each device, with one meter."""

    def __init__(self, device):
        self.meter = Meter(device)


class MeterHub:
    def __init__(self, boards):
        for board in boards:
            self.add(board.meter)

    def add(self, meter):
        threading.Thread(target=self._pump, args=(meter,), daemon=True).start()

    def _pump(self, meter):
        while meter.read() < 100:
            pass


class Tape:
    def __init__(self):
        self._cells = deque()

    def put(self, cell):
        self._cells.append(cell)

    def take(self):
        if self._cells:
            return self._cells.popleft()  # expect: check-then-act
        return None


class Drives:
    def __init__(self, count):
        self.tape = Tape()
        for _ in range(count):
            self.add(self.tape)

    def add(self, tape):
        threading.Thread(target=self._wind, args=(tape,), daemon=True).start()

    def _wind(self, tape):
        while tape.take() is not None:
            pass


if __name__ == "__main__":
    import devices

    Hub([Port(device) for device in devices.all_of_them()])
    MeterHub([Board(device) for device in devices.all_of_them()])
    Drives(3)
