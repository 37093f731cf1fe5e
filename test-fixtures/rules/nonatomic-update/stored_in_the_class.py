"""The one object of a class, put into an attribute of the class by code behind it."""
from flask import Flask

app = Flask(__name__)


class Ledger:
    _only = None

    def __init__(self):
        self.lines = 0

    @classmethod
    def instance(cls):
        return cls._only

    def note(self):
        self.lines += 1  # expect: nonatomic-update


class Draft:
    def __init__(self):
        self.lines = 0

    def note(self):
        self.lines += 1  # ok: nonatomic-update


Ledger._only = Ledger()


@app.post("/lines")
def line():
    Ledger.instance().note()
    Draft().note()
    return ""
