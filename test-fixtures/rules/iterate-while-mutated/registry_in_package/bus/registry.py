handlers = {}


def register(name, handler):
    handlers[name] = handler


def unregister(name):
    handlers.pop(name, None)
