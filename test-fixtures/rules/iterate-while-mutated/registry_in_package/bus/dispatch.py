from bus import registry
from bus.registry import handlers


def dispatch(event):
    for handler in registry.handlers.values():  # expect: iterate-while-mutated "handlers"
        handler(event)


def names():
    return [name for name in handlers]  # expect: iterate-while-mutated "handlers"


def dispatch_copy(event):
    for handler in list(registry.handlers.values()):  # ok: iterate-while-mutated
        handler(event)
