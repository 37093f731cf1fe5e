"""What goes through a table entry by entry, in Python code, with all that lies below it."""
import copy
import json
import threading
from json import dump

votes = {}


def count(station, ballots):
    for ballot in ballots:
        votes.setdefault(station, {})
        votes[station][f"{ballot.list}-{ballot.seat}"] = ballot.mark


def publish(path):
    with open(path, "w", encoding="utf-8") as out:
        json.dump(votes, out, indent=1)  # expect: iterate-while-mutated "Hold a lock around both"


def publish_text():
    return json.dumps(votes)  # ok: iterate-while-mutated


def election(stations, path):
    for station, ballots in stations:
        threading.Thread(target=count, args=(station, ballots)).start()
    publish(path)


class Greenhouse:
    def __init__(self):
        self.beds = {"north": {}}
        self._watcher = threading.Thread(target=self._measure, daemon=True)
        self._watcher.start()

    def _measure(self):
        while True:
            plant, height = input().split()
            self.beds["north"][plant] = height
            self.beds[plant] = {}

    def backup(self):
        return copy.deepcopy(self.beds)  # expect: iterate-while-mutated

    def first_level(self):
        return copy.copy(self.beds)  # ok: iterate-while-mutated


class Locked:
    def __init__(self):
        self._lock = threading.Lock()
        self.beds = {}
        threading.Thread(target=self._measure, daemon=True).start()

    def _measure(self):
        while True:
            plant, height = input().split()
            with self._lock:
                self.beds[plant] = {"height": height}

    def save(self, out):
        with self._lock:
            dump(self.beds, out)  # ok: iterate-while-mutated

    def backup(self):
        with self._lock:
            return copy.deepcopy(self.beds)  # ok: iterate-while-mutated


class Finished:
    """What is written after the thread has ended, and a part that nobody changes."""

    def __init__(self, names):
        self.names = {"all": list(names)}
        self.rows = {}
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in open("rows"):
            self.rows[line] = {"length": len(line)}

    def save(self, out):
        json.dump(self.names, out)  # ok: iterate-while-mutated
        self._reader.join()
        json.dump(self.rows, out)  # ok: iterate-while-mutated
