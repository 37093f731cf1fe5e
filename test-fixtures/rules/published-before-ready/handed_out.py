"""Objects that their constructor gives away before they are complete."""

import threading


class Signal:
    def fire(self, what):
        print(what)


class Hub:
    def __init__(self):
        self._listeners = []
        self._lock = threading.Lock()
        threading.Thread(target=self._run, daemon=True).start()

    def add_listener(self, one):
        with self._lock:
            self._listeners.append(one)

    def _run(self):
        while True:
            with self._lock:
                todo = list(self._listeners)
            for one in todo:
                one.update("news")


class Browser:
    def __init__(self, hub: Hub):
        self.hub = hub
        hub.add_listener(self)  # expect: published-before-ready "`self` is given to `Hub.add_listener` before `self.changed` is set"
        self.changed = Signal()

    def update(self, record):
        self.changed.fire(record)


class Reader:
    def __init__(self, hub: Hub):
        self.changed = Signal()
        self.seen = None
        hub.add_listener(self)  # ok: published-before-ready
        self.count = 0

    def update(self, record):
        self.seen = record
        self.changed.fire(record)


class Pump(threading.Thread):
    """Starts itself."""

    def __init__(self, station):
        super().__init__(daemon=True)
        self.station = station
        self.start()

    def run(self):
        while True:
            self.station.handle("water")


class Station:
    def __init__(self):
        self.seen = []
        self.pump = Pump(self)  # expect: published-before-ready "a thread runs `Pump.run`"
        self._lock = threading.Lock()

    def handle(self, what):
        with self._lock:
            self.seen.append(what)


class Fan(threading.Thread):
    def __init__(self, room):
        super().__init__(daemon=True)
        self.room = room

    def run(self):
        while True:
            self.room.cool(1)


class StartedTooEarly:
    def __init__(self):
        self.fan = Fan(self)  # expect: published-before-ready
        self.fan.start()
        self.degrees = 30

    def cool(self, by):
        print(self.degrees, by)


class StartedLast:
    def __init__(self):
        self.fan = Fan(self)  # ok: published-before-ready
        self.degrees = 30
        self.fan.start()

    def cool(self, by):
        print(self.degrees, by)


class StartedByOthers:
    def __init__(self):
        self.fan = Fan(self)  # ok: published-before-ready
        self.degrees = 30

    def open(self):
        self.fan.start()

    def cool(self, by):
        print(self.degrees, by)
