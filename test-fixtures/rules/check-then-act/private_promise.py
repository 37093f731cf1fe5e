# settings: profile=library
"""What a private helper says of itself is no promise of its object."""


class Track:
    def __init__(self):
        self._names = {}

    def load(self, names):
        self._names = {}
        for name in names:
            self._names[name] = name.upper()

    def name(self, name):
        if name in self._names:
            return self._names[name]  # ok: check-then-act
        return name

    def _retry(self, function):
        """Call it again. This is safe to call from a worker thread."""
        return function()


class Shelf:
    def __init__(self):
        self._names = {}

    def load(self, names):
        self._names = {}

    def name(self, name):
        if name in self._names:
            return self._names[name]  # expect: check-then-act
        return name

    def names(self):
        """All of them. This method is thread-safe."""
        return list(self._names)
