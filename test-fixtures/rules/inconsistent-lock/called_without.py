# settings: profile=library
"""An object of unknown kind whose methods are called under the lock, but for one place."""
import threading


class Telegraph:
    def __init__(self, line):
        self._lock = threading.Lock()
        self._line = line

    def rewire(self, line):
        self._line = line

    def send(self, word):
        with self._lock:
            self._line.write_word(word)

    def stop_sign(self):
        with self._lock:
            self._line.write_stop()

    def drain(self):
        return self._line.read_words()  # expect: inconsistent-lock "`self._line.read_words` is called here"

    def close(self):
        self._line.hang_up()  # ok: inconsistent-lock


class Organ:
    def __init__(self, pipes):
        self._lock = threading.Lock()
        self._pipes = pipes

    def exchange(self, pipes):
        with self._lock:
            self._pipes = pipes

    def play(self, note):
        with self._lock:
            self._pipes.sound(note)

    def rest(self):
        with self._lock:
            self._pipes.silence()

    def tune(self):
        self._pipes.adjust()  # expect: inconsistent-lock


class Bell:
    """Never replaced, and its own methods lock or not: nothing is known."""

    def __init__(self, clapper):
        self._lock = threading.Lock()
        self._clapper = clapper

    def ring(self):
        with self._lock:
            self._clapper.strike()

    def toll(self):
        with self._lock:
            self._clapper.strike_slowly()

    def weigh(self):
        return self._clapper.measure()  # ok: inconsistent-lock


class Harp:
    """Asked, not used."""

    def __init__(self, strings):
        self._lock = threading.Lock()
        self._strings = strings

    def replace(self, strings):
        self._strings = strings

    def pluck(self):
        with self._lock:
            self._strings.vibrate()

    def strum(self):
        with self._lock:
            self._strings.vibrate_all()

    def silent(self):
        return self._strings.is_silent()  # ok: inconsistent-lock
