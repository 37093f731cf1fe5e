# settings: profile=library
"""A function named like those that run at import, which the module calls whenever it is asked."""

_drivers = {}


class Driver:
    def __init__(self, name):
        self.name = name


def register(name):
    if name not in _drivers:
        _drivers[name] = Driver(name)  # expect: lazy-init-race


def driver_for(name):
    register(name)
    return _drivers[name]
