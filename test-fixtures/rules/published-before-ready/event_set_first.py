"""An event that is set before what its waiters read."""
import threading


class Loader(threading.Thread):
    def __init__(self):
        super().__init__()
        self.ready = threading.Event()
        self.begun = threading.Event()
        self.table = None
        self.rows = None

    def run(self):
        self.begun.set()
        data = [n * n for n in range(1000)]
        self.ready.set()  # expect: published-before-ready "Set the event last"
        self.table = data  # evidence: published-before-ready


class CarefulLoader(threading.Thread):
    def __init__(self):
        super().__init__()
        self.ready = threading.Event()
        self.table = None
        self.rows = None

    def run(self):
        self.table = [n * n for n in range(1000)]
        self.ready.set()  # ok: published-before-ready
        self.rows = len(self.table)  # ok: torn-pair


def use():
    loader = Loader()
    loader.start()
    loader.begun.wait()
    loader.ready.wait()  # evidence: published-before-ready
    print(len(loader.table))  # evidence: published-before-ready


def use_carefully():
    loader = CarefulLoader()
    loader.start()
    loader.ready.wait()
    print(len(loader.table))
    loader.join()
    print(loader.rows)


use()
use_carefully()
