"""Methods that Python calls for what is written as an operation run where the operation stands."""
from functools import cached_property

from flask import Flask

app = Flask(__name__)


class Shelf:
    def __init__(self):
        self.items = {}
        self.asked = 0
        self.stored = 0
        self.dropped = 0
        self.looked = 0
        self.walked = 0

    def __getitem__(self, name):
        self.asked += 1  # expect: nonatomic-update
        return self.items[name]

    def __setitem__(self, name, value):
        self.stored += 1  # expect: nonatomic-update
        self.items[name] = value

    def __delitem__(self, name):
        self.dropped += 1  # expect: nonatomic-update
        self.items.pop(name, None)

    def __contains__(self, name):
        self.looked += 1  # expect: nonatomic-update
        return name in self.items

    def __iter__(self):
        self.walked += 1  # expect: nonatomic-update
        return iter(list(self.items))


class Visit:
    inside = 0

    def __init__(self, name):
        self.name = name
        self.steps = 0

    def __enter__(self):
        Visit.inside += 1  # expect: nonatomic-update
        self.steps += 1  # ok: nonatomic-update
        return self

    def __exit__(self, *problem):
        Visit.inside -= 1  # expect: nonatomic-update


class Options:
    def __init__(self, given=None):
        self._given = given

    @cached_property
    def values(self):
        self._given = dict(self._given or {})  # ok: nonatomic-update
        return self._given

    def __getitem__(self, name):
        return self.values[name]


class Unused:
    def __init__(self):
        self.asked = 0

    def __getitem__(self, name):
        self.asked += 1  # ok: nonatomic-update
        return name


class Page:
    def __init__(self):
        self.counted = 0

    def __getitem__(self, name):
        self.counted += 1  # ok: nonatomic-update
        return name


shelf = Shelf()
options = Options()
unused = Unused()


@app.get("/items/<name>")
def get(name):
    page = Page()
    with Visit(name):
        return page[shelf[name]]


@app.get("/names/<name>")
def known(name):
    return str(name in shelf) + options[name]


@app.put("/items/<name>")
def put(name):
    shelf[name] = name
    return ", ".join(one for one in shelf)


@app.delete("/items/<name>")
def delete(name):
    del shelf[name]
    for one in shelf:
        print(one)
    return "gone"
