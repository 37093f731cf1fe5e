"""What a lock is called says what it guards; what is taken in one step, or replaced whole, needs it less."""
import threading
from collections import deque


class Parcel:
    def __init__(self):
        self.sheet_lock = threading.Lock()
        self.sheets = []

    def write(self, sheet):
        with self.sheet_lock:
            self.sheets.append(sheet)

    def waiting(self):
        return bool(self.sheets) or len(self.sheets) > 0

    def drop(self):
        for sheet in self.sheets:  # expect: inconsistent-lock "self.sheet_lock"
            sheet.burn()


class Desk:
    def __init__(self):
        self._lock = threading.Lock()
        self._done = deque()

    def finish(self, letter):
        with self._lock:
            self._done.append(letter)
            self._done.extend(letter.copies)

    def send(self):
        while True:
            try:
                letter = self._done.popleft()  # ok: inconsistent-lock
            except IndexError:
                break
            letter.send()


class Bells:
    def __init__(self):
        self._lock = threading.Lock()
        self._ringers = {}

    def add(self, key, ringer):
        with self._lock:
            self._ringers = {**self._ringers, key: ringer}

    def remove(self, key):
        with self._lock:
            kept = self._ringers.copy()
            kept.pop(key)
            self._ringers = kept

    def ring(self):
        for ringer in self._ringers.values():  # ok: inconsistent-lock
            ringer.pull()
