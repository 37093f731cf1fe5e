"""Lists in a table: told by what is done with them."""

import threading
from collections import defaultdict


class Bus:
    def __init__(self):
        self._handlers = defaultdict(list)
        threading.Thread(target=self._pump, daemon=True).start()

    def subscribe(self, topic, handler):
        self._handlers[topic].append(handler)

    def unsubscribe(self, topic, handler):
        self._handlers[topic].remove(handler)

    def _pump(self):
        while True:
            topic, message = read_message()
            for handler in self._handlers[topic]:  # expect: iterate-while-mutated "skipped or repeated"
                handler(message)


class Copied:
    def __init__(self):
        self._handlers = {}
        threading.Thread(target=self._pump, daemon=True).start()

    def subscribe(self, topic, handler):
        self._handlers.setdefault(topic, []).append(handler)

    def unsubscribe(self, topic, handler):
        self._handlers[topic].remove(handler)

    def _pump(self):
        while True:
            topic, message = read_message()
            for handler in list(self._handlers.get(topic, [])):  # ok: iterate-while-mutated
                handler(message)


class Growing:
    """Nothing is ever taken out: a loop over a list that grows skips nothing."""

    def __init__(self):
        self._handlers = {}
        threading.Thread(target=self._pump, daemon=True).start()

    def subscribe(self, topic, handler):
        self._handlers.setdefault(topic, []).append(handler)

    def _pump(self):
        while True:
            topic, message = read_message()
            for handler in self._handlers.get(topic, []):  # ok: iterate-while-mutated
                handler(message)


def read_message():
    return input().split()


def main():
    bus = Bus()
    bus.subscribe("a", print)
    bus.unsubscribe("a", print)
    copied = Copied()
    copied.subscribe("a", print)
    copied.unsubscribe("a", print)
    Growing().subscribe("a", print)


main()
