"""Singletons that are filled once, and classes that make a new object each time."""
import threading


class Recorder:
    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
                cls._instance._setup()
            return cls._instance

    def _setup(self):
        self.values = {}  # ok: singleton-initialized-again


class Asking:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.ready = False
        return cls._instance

    def __init__(self):
        if self.ready:
            return
        self.values = {}  # ok: singleton-initialized-again
        self.ready = True


class Counted:
    made = 0

    def __new__(cls, *args):
        cls.made += 1
        return super().__new__(cls)

    def __init__(self, *args):
        self.values = list(args)  # ok: singleton-initialized-again


class Immutable(tuple):
    def __new__(cls, *args):
        return super().__new__(cls, args)

    def __init__(self, *args):
        self.extra = {}  # ok: singleton-initialized-again
