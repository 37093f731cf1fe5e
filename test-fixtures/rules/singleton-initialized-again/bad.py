"""One object, filled anew at every call of its class."""
import threading


class Recorder:
    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._instance is None:
                cls._instance = super().__new__(cls)
            return cls._instance

    def __init__(self):
        self.values = {}  # expect: singleton-initialized-again "Every `Recorder()` replaces `self.values`"
        self.count = 0


class Settings:
    _only = None

    def __new__(cls, path):
        if not cls._only:
            cls._only = object.__new__(cls)
        return cls._only

    def __init__(self, path):
        self.path = path
        self.read = dict()  # expect: singleton-initialized-again
