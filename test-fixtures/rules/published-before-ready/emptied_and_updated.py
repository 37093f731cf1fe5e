"""A table that is emptied and filled again by one call."""
import json
import threading
import time


class Config:
    def __init__(self, path):
        self.path = path
        self.values = {}
        self.names = {}
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while True:
            with open(self.path) as source:
                data = json.load(source)
            self.values.clear()  # expect: published-before-ready
            self.values.update(data)  # evidence: published-before-ready
            self.names = {}  # expect: published-before-ready
            self.names.update(data)
            time.sleep(5)

    def get(self, key):
        return self.values[key], self.names[key]


config = Config("c.json")
while True:
    print(config.get("name"))
