# Never flag 10: module constants, containers that nobody changes after import, and decorators that register at import.
import threading

LIMITS = {"small": 10, "large": 1000}
NAMES = ["one", "two"]
SUFFIXES = {".py", ".pyi"}
HANDLERS = {}
_aliases = {}
for _name in NAMES:
    _aliases[_name[0]] = _name


def handler(name):
    def register(function):
        HANDLERS[name] = function
        return function

    return register


@handler("open")
def on_open(event):
    return LIMITS.get(event, 0)


@handler("close")
def on_close(event):
    for name in NAMES:
        if name in LIMITS:
            return LIMITS[name]
    return _aliases.get(event)


def dispatch(name, event):
    for known in HANDLERS:
        if known == name:
            return HANDLERS[known](event)
    if name in HANDLERS:
        return HANDLERS[name](event)
    return [suffix for suffix in SUFFIXES]


def main(events):
    for name, event in events:
        threading.Thread(target=dispatch, args=(name, event)).start()
