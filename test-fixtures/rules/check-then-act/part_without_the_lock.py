# settings: profile=library
"""An object that is a part of another, which calls it once without its lock."""
import threading
from collections import deque


class Waiting:
    def __init__(self):
        self._guests = deque()

    def put(self, guest):
        self._guests.append(guest)

    def get(self):
        if self._guests:
            return self._guests.popleft()  # expect: check-then-act
        return None


class Restaurant:
    def __init__(self):
        self._door = threading.Lock()
        self._waiting = Waiting()
        threading.Thread(target=self._seat).start()

    def arrive(self, guest):
        with self._door:
            self._waiting.put(guest)
            self._waiting.get()

    def _seat(self):
        while True:
            self._waiting.get()
