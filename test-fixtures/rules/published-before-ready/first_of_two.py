"""Two things that are made together: the one that is tested must be stored last."""
import threading


class Model:
    def __init__(self):
        self._lock = threading.Lock()
        self._net = None
        self._labels = None

    def _load(self):
        if self._net is not None:
            return
        with self._lock:
            if self._net is None:
                self._net = open("net").read()  # expect: published-before-ready
                self._labels = open("labels").read().split()

    def classify(self, image):
        self._load()
        return self._labels[hash(image) % len(self._labels)]


class Ordered:
    def __init__(self):
        self._lock = threading.Lock()
        self._net = None
        self._labels = None
        self._count = 0

    def _load(self):
        if self._net is not None:
            return
        with self._lock:
            if self._net is None:
                self._labels = open("labels").read().split()
                self._net = open("net").read()  # ok: published-before-ready

    def classify(self, image):
        self._load()
        return self._labels[hash(image) % len(self._labels)]


class Counted:
    """What was there before is old, not missing."""

    def __init__(self):
        self._lock = threading.Lock()
        self._net = None
        self._size = 0

    def _load(self):
        if self._net is not None:
            return
        with self._lock:
            if self._net is None:
                self._net = open("net").read()  # ok: published-before-ready
                self._size = len(self._net)

    def size(self):
        self._load()
        return self._size


model, ordered, counted = Model(), Ordered(), Counted()


def work():
    model.classify("a")
    ordered.classify("a")
    counted.size()


for _ in range(3):
    threading.Thread(target=work).start()
