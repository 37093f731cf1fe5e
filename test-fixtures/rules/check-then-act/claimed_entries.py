"""Entries that say whose something is, looked for and stored in two steps."""
import threading

from flask import Flask, abort, request

app = Flask(__name__)
tables: dict[str, str] = {}
berths = {}
lookups = {}
owners = {}
guests = {}
lock = threading.Lock()


@app.post("/tables/<table>")
def take_table(table):
    if tables.get(table) is not None:
        abort(409)
    if table in tables:
        raise KeyError(table)
    tables[table] = request.form["guest"]  # expect: check-then-act "both find it free"
    return "yours"


@app.post("/berths/<berth>/<ship>")
def take_berth(berth, ship):
    if berths.get(berth):
        return False
    berths[berth] = ship  # expect: check-then-act "both find it free"
    return True


@app.get("/lookups/<word>")
def look_up(word):
    if word not in lookups:
        lookups[word] = word.upper() + "!"  # ok: check-then-act
    return lookups[word]


@app.post("/owners/<dog>/<person>")
def take_dog(dog, person):
    with lock:
        if dog in owners:
            return False
        owners[dog] = person  # ok: check-then-act
    return True


@app.post("/guests/<room>/<guest>")
def take_room(room, guest):
    return str(guests.setdefault(room, guest) == guest)  # ok: check-then-act


class Gate:
    def __init__(self):
        self.busy = False
        self.open = False
        self.told = False
        self.begun = False

    def enter(self):
        if self.busy:
            return False
        self.busy = True  # expect: check-then-act "both find it free"
        return True

    def leave(self):
        self.busy = False

    def begin(self):
        assert not self.begun
        self.begun = True  # ok: check-then-act

    def unlock(self):
        with lock:
            if self.open:
                return False
            self.open = True  # ok: check-then-act
        return True

    def tell(self):
        if not self.told:
            self.told = True  # ok: check-then-act
            print("somebody came")


gate = Gate()


@app.post("/enter")
def enter():
    gate.tell()
    gate.begin()
    if gate.enter() and gate.unlock():
        gate.leave()
    return "done"
