# settings: profile=library
"""What a local of another name holds is the container itself, not a copy of it."""
import threading


class Mailing:
    def __init__(self):
        self._lock = threading.Lock()
        self._readers = {}

    def join(self, reader):
        with self._lock:
            self._readers[reader.name] = reader

    def leave(self, reader):
        with self._lock:
            self._readers.pop(reader.name)

    def send(self, letter):
        with self._lock:
            all_readers = self._readers
        for reader in all_readers.values():  # expect: inconsistent-lock
            reader.take(letter)

    def send_copies(self, letter):
        with self._lock:
            all_readers = dict(self._readers)
        for reader in all_readers.values():  # ok: iterate-while-mutated
            reader.take(letter)

    def send_locked(self, letter):
        with self._lock:
            everybody = self._readers
            for reader in everybody.values():  # ok: iterate-while-mutated
                reader.take(letter)


class Board:
    """Nobody changes the list in place: each reader has the one that was there."""

    def __init__(self):
        self._lock = threading.Lock()
        self._notes = []

    def pin(self, note):
        with self._lock:
            self._notes = [*self._notes, note]

    def read(self):
        pinned = self._notes
        for note in pinned:  # ok: iterate-while-mutated, inconsistent-lock
            print(note)


class Feed:
    def __init__(self):
        self._lock = threading.Lock()
        self._listeners = {}

    def listen(self, name, listener):
        with self._lock:
            self._listeners[name] = listener

    def tell(self, news):
        told = self._listeners
        for listener in told.values():  # expect: iterate-while-mutated "dictionary changed size"
            listener(news)


class Post:
    """Who takes the whole container away has it alone."""

    def __init__(self):
        self._lock = threading.Lock()
        self._readers = {}

    def join(self, reader):
        with self._lock:
            self._readers[reader.name] = reader

    def send_last(self, letter):
        with self._lock:
            last_readers, self._readers = self._readers, {}
        for reader in last_readers.values():  # ok: iterate-while-mutated
            reader.take(letter)

    def close(self, letter):
        with self._lock:
            old_readers = self._readers
            self._readers = {}
        for reader in old_readers.values():  # ok: iterate-while-mutated
            reader.take(letter)
