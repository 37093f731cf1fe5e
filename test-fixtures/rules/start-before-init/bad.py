"""Threads that find their object half made."""
import threading
from concurrent.futures import ThreadPoolExecutor

_pool = ThreadPoolExecutor(2)


class Gauge:
    def __init__(self, port):
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()  # expect: start-before-init "`self.port`"
        self.port = port  # evidence: start-before-init

    def _read(self):
        while True:
            self._take()

    def _take(self):
        print(self.port.recv())  # evidence: start-before-init


class Ticker(threading.Thread):
    def __init__(self, hands):
        super().__init__(daemon=True)
        self.start()  # expect: start-before-init "`self.hands`"
        self.hands = hands

    def run(self):
        for hand in self.hands:
            hand.turn()


class Worker:
    def __init__(self):
        threading.Thread(target=self._loop).start()

    def _loop(self):
        self.step()

    def step(self):
        pass


class Printer(Worker):
    def __init__(self, paper):
        super().__init__()  # expect: start-before-init "`self.paper`"
        self.paper = paper

    def step(self):
        self.paper.feed()


class Cache:
    def __init__(self):
        self._warming = _pool.submit(self._warm)  # expect: start-before-init "`self._rows`"
        self._rows = {}

    def _warm(self):
        self._rows["a"] = 1
