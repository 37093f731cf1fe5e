"""Pairs that are replaced whole, guarded, or do not belong together."""
import threading


class Wind:
    def __init__(self, vane):
        self.vane = vane
        self.reading = (0.0, 0.0)
        self.hits = 0
        self.misses = 0
        threading.Thread(target=self.measure, daemon=True).start()

    def measure(self):
        while True:
            self.reading = self.vane.read()  # ok: torn-pair
            self._count()

    def _count(self):
        if self.reading[0]:
            self.hits = self.hits + 1
        else:
            self.misses = 1

    def sail(self, boat):
        speed, angle = self.reading
        boat.trim(speed, angle, self.hits, self.misses)  # ok: torn-pair


class Guarded:
    def __init__(self):
        self._lock = threading.Lock()
        self.x = 0
        self.y = 0
        threading.Thread(target=self.move, daemon=True).start()

    def move(self):
        with self._lock:
            self.x = 1
            self.y = 2  # ok: torn-pair

    def place(self):
        with self._lock:
            return self.x, self.y


class InOneThread:
    def __init__(self):
        self.x = 0
        self.y = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        self._move()
        print(self._place())

    def _move(self):
        self.x = 1
        self.y = 2  # ok: torn-pair

    def _place(self):
        return self.x, self.y
