"""A class that gives all who call it the one object that it keeps, and one that does not."""
import threading

from flask import Flask

app = Flask(__name__)


class Counters:
    _only = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._only is None:
                cls._only = super().__new__(cls)
                cls._only.seen = 0
        return cls._only

    def note(self):
        self.seen += 1  # expect: inconsistent-lock


class Single(type):
    _objects = {}
    _lock = threading.Lock()

    def __call__(cls, *args):
        with cls._lock:
            if cls not in cls._objects:
                cls._objects[cls] = super().__call__(*args)
        return cls._objects[cls]


class Options(metaclass=Single):
    def __init__(self):
        self.asked = 0

    def get(self):
        self.asked += 1  # expect: nonatomic-update
        return self.asked


class Point:
    def __new__(cls, x):
        made = super().__new__(cls)
        made.x = x
        return made

    def move(self):
        self.x += 1  # ok: nonatomic-update


@app.get("/")
def show():
    Counters().note()
    point = Point(3)
    point.move()
    options = Options()
    return str(options.get())
