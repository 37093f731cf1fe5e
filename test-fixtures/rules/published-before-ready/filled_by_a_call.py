"""The flag is set before the function that fills the table is called."""
import threading

_loaded = False
_ports = {}
_ready = False
_names = {}
_lock = threading.Lock()


def _load():
    for line in open("/etc/services"):
        _ports[line] = line  # evidence: published-before-ready


def port(name):
    global _loaded
    if not _loaded:  # evidence: published-before-ready
        _loaded = True  # expect: published-before-ready "`_loaded` says ready before `_ports` is"
        _load()
    return _ports.get(name)


def _fill():
    for line in open("/etc/services"):
        _names[line] = line


def name(number):
    global _ready
    if not _ready:
        with _lock:
            if not _ready:
                _fill()
                _ready = True  # ok: published-before-ready
    return _names.get(number)


for one in ("ssh", "http"):
    threading.Thread(target=port, args=(one,)).start()
    threading.Thread(target=name, args=(one,)).start()
