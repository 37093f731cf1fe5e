"""Asked and set here, cleared by the work that is handed on."""
import threading
from concurrent.futures import ThreadPoolExecutor

from flask import Flask

app = Flask(__name__)
pool = ThreadPoolExecutor(2)
copying = threading.Event()
stopped = threading.Event()


def copy():
    try:
        print("copying")
    finally:
        copying.clear()


class Sorter:
    def __init__(self):
        self.sorting = threading.Event()
        self.names = []

    def start(self):
        if not self.sorting.is_set():
            self.sorting.set()  # expect: event-as-mutex
            threading.Thread(target=self._sort).start()
            return True
        return False

    def _sort(self):
        print(sorted(self.names))
        self._done()

    def _done(self):
        self.sorting.clear()


sorter = Sorter()


@app.post("/copies")
def begin():
    if copying.is_set():
        raise RuntimeError("busy")
    copying.set()  # expect: event-as-mutex
    pool.submit(copy)
    return "begun"


@app.post("/names")
def names():
    return str(sorter.start())


def go_on():
    stopped.clear()


@app.post("/stops")
def stop():
    if stopped.is_set():
        return "has stopped"
    stopped.set()  # ok: event-as-mutex
    return "stops"


@app.post("/starts")
def start():
    go_on()
    return "goes on"
