# settings: profile=library
"""Warnings that hold the word of a promise, and one that a class gives of another."""


class Registry:
    """Formats by name. Adding to it directly is not a thread-safe operation."""

    def __init__(self):
        self._formats = {}

    def remove(self, name):
        self._formats.pop(name, None)

    def find(self, name):
        if name in self._formats:
            return self._formats[name]  # ok: check-then-act
        return None


class Client:
    """Speaks to the store; one for all threads. It is not safe to pass Cursor or Batch objects between threads."""

    def __init__(self):
        self._link = None

    def close(self):
        self._link = None

    def cursor(self):
        return Cursor()


class Cursor:
    """What is left of an answer, and safe to use in threads that make their own."""

    def __init__(self):
        self._link = None

    def close(self):
        self._link = None

    def fetch(self):
        if self._link is not None:
            return self._link.read()  # ok: check-then-act
        return None


class Loop:
    def __init__(self):
        self._posted = []
        self._running = False

    def start(self):
        if self._running:  # ok: check-then-act
            return
        self._running = True

    def post(self, function):
        """Run it in the thread of the loop. This is the only thread-safe method."""
        self._posted.append(function)

    def close(self):
        # The one who wakes us does so by call_threadsafe().
        self._running = False


class Shelf:
    """Books by name. Safe to be used by several threads."""

    def __init__(self):
        self._books = {}

    def remove(self, name):
        self._books = {}

    def find(self, name):
        if name in self._books:
            return self._books[name]  # expect: check-then-act
        return None


# Must not crash when accessed by multiple threads. It's fine if it is full of races.
class Span:
    def __init__(self):
        self._parent = None

    def finish(self):
        self._parent = None

    def root(self):
        if self._parent is not None:
            return self._parent.root()  # ok: check-then-act
        return self
