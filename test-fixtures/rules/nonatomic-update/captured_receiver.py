"""Functions inside a method run on the object of the method."""
import threading


class Choir:
    def __init__(self):
        self.sung = 0
        self.heard = 0
        self.late = 0

    def start(self):
        def listen():
            self.heard += 1  # expect: nonatomic-update

        def sing():
            self.sung += 1  # expect: nonatomic-update
            listen()

        for _ in range(4):
            threading.Thread(target=sing).start()
            threading.Thread(target=lambda: self._come_late()).start()

    def _come_late(self):
        self.late += 1  # expect: nonatomic-update
