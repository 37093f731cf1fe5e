# settings: profile=library
"""Objects that a library's callers share: a flag against calls inside calls, and what one call was made with."""
import threading


class Echo:
    def __init__(self, cave):
        self._lock = threading.Lock()
        self._cave = cave
        self._talking = False

    def say(self, word):
        if self._talking:
            return
        self._talking = True  # expect: call-state-shared "does nothing"
        try:
            self._cave.answer(word)
        finally:
            self._talking = False


class Menu:
    def __init__(self, dishes):
        self._dishes = dishes
        self._inside = False

    @property
    def choices(self):
        if not self._inside:
            try:
                self._inside = True  # expect: call-state-shared "only looks something up"
                return [dish.name for dish in self._dishes]
            finally:
                self._inside = False
        return []


class Interpreter:
    def __init__(self):
        self._lock = threading.Lock()
        self._language = None

    def __call__(self, letter):
        self._language = letter.language  # expect: call-state-shared "argument of one call"
        return self._words(letter.text)

    def _words(self, text):
        return [(self._language, word) for word in text.split()]


class Guarded:
    def __init__(self, cave):
        self._lock = threading.Lock()
        self._cave = cave
        self._talking = False

    def say(self, word):
        with self._lock:
            if self._talking:
                return
            self._talking = True  # ok: call-state-shared
            self._cave.answer(word)
            self._talking = False


class ByThread(threading.local):
    def __init__(self):
        self._talking = False

    def say(self, word):
        if self._talking:
            return
        self._talking = True  # ok: call-state-shared
        print(word)
        self._talking = False


class Switch:
    """Others turn it as well."""

    def __init__(self):
        self._lock = threading.Lock()
        self._on = False

    def turn_on(self):
        if self._on:
            return
        self._on = True  # ok: call-state-shared
        print("on")

    def turn_off(self):
        self._on = False


class Painter:
    """Set up first, then used."""

    def __init__(self):
        self._lock = threading.Lock()
        self._colour = None

    def use(self, colour):
        self._colour = colour  # ok: call-state-shared
        self._mix()

    def _mix(self):
        print(self._colour)
