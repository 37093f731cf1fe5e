import threading


class Depot:
    def __init__(self):
        self.lock = threading.Lock()
        self.parts = {}
        self.line = None

    def start(self):
        threading.Thread(target=self._drain).start()

    def _drain(self):
        with self.lock:
            self.parts.clear()
        self.line = None

    def add(self, name):
        with self.lock:
            self.parts[name] = 1
            self.line = name


DEPOT = Depot()
DEPOT.start()
