# settings: profile=library
"""A table that decorators fill while the module is imported: whoever walks over it later finds all of it."""

EVENTS = {}


def event(function):
    EVENTS[function.__name__] = function
    return function


@event
def started(): ...


@event
def stopped(): ...


class Emitter:
    def __init__(self):
        self.listeners = {name: [] for name in EVENTS}  # ok: iterate-while-mutated
