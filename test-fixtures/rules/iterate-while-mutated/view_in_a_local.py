# settings: profile=library
"""A view that is kept in a local is the container."""
import threading


class Ward:
    def __init__(self):
        self._lock = threading.Lock()
        self._beds = {}

    def admit(self, name, bed):
        self._beds[name] = bed

    def rounds(self):
        beds = self._beds.items()
        for name, bed in beds:  # expect: iterate-while-mutated
            print(name, bed)

    def names(self):
        names = self._beds.keys()
        return [name.upper() for name in names]  # expect: iterate-while-mutated

    def copied(self):
        names = list(self._beds.keys())
        return [name.upper() for name in names]  # ok: iterate-while-mutated

    def replaced(self):
        names = self._beds.keys()
        names = list(names)
        return [name.upper() for name in names]  # ok: iterate-while-mutated
