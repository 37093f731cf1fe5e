"""The class says where each object begins: a counter there would give out numbers for all objects together."""
import threading


class Desk:
    last = 0

    def __init__(self):
        self._lock = threading.Lock()

    def draw(self):
        with self._lock:
            self.last += 1  # expect: nonatomic-update
            return self.last


desk = Desk()
for _ in range(4):
    threading.Thread(target=desk.draw).start()
