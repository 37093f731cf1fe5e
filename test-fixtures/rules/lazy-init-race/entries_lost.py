"""A container for each key: what is put into the one that is replaced is lost."""
import threading
from collections import deque


class Bus:
    def __init__(self):
        self._listeners = {}
        self._queues = {}
        self._rooms = {}
        self._sizes = {}

    def subscribe(self, topic, call):
        if topic not in self._listeners:
            self._listeners[topic] = []  # expect: lazy-init-race "what is in the first is lost"
        self._listeners[topic].append(call)  # evidence: lazy-init-race

    def push(self, topic, item):
        queue = self._queues.get(topic)
        if queue is None:
            queue = deque()
            self._queues[topic] = queue  # expect: lazy-init-race
        queue.append(item)

    def enter(self, name, guest):
        if name not in self._rooms:
            self._rooms[name] = {"guests": set(), "lines": []}  # expect: lazy-init-race
        room = self._rooms[name]
        room["guests"].add(guest)

    def size(self, topic, item):
        if topic not in self._sizes:
            self._sizes[topic] = {}  # expect: lazy-init-race "missing and create it. "
        sizes = self._sizes[topic]
        if item not in sizes:
            sizes[item] = len(item)  # expect: lazy-init-race "missing and create it. "
        return sizes[item]


class Right:
    def __init__(self):
        self._listeners = {}
        self._rooms = {}
        self._lock = threading.Lock()

    def subscribe(self, topic, call):
        self._listeners.setdefault(topic, []).append(call)  # ok: lazy-init-race

    def enter(self, name, guest):
        with self._lock:
            if name not in self._rooms:
                self._rooms[name] = {"guests": set()}  # ok: lazy-init-race
            self._rooms[name]["guests"].add(guest)


bus = Bus()
right = Right()


def work(number):
    bus.subscribe("a", print)
    bus.push("a", number)
    bus.enter("hall", number)
    bus.size("a", "b")
    right.subscribe("a", print)
    right.enter("hall", number)


for number in range(3):
    threading.Thread(target=work, args=(number,)).start()
