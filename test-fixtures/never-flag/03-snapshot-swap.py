# Never flag 3: a single writer that rebinds a name to a freshly built object; readers take whichever is current.
import json
import threading
import time

routes = {}


class Config:
    def __init__(self, path):
        self._path = path
        self._values = {}
        self._names = ()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self):
        self._thread.start()

    def _watch(self):
        while True:
            with open(self._path) as file:
                fresh = json.load(file)
            fresh["loaded"] = time.time()
            self._values = fresh
            self._names = tuple(sorted(fresh))
            time.sleep(5)

    def get(self, key, default=None):
        return self._values.get(key, default)

    def names(self):
        return [name for name in self._names]


def rebuild():
    global routes
    while True:
        fresh = {}
        for name in ("a", "b"):
            fresh[name] = name.upper()
        routes = fresh
        time.sleep(1)


def route(name):
    current = routes
    return current.get(name)


threading.Thread(target=rebuild, daemon=True).start()
