"""A module-level registry with a module-level lock."""
import threading

_routes_lock = threading.Lock()
_routes = {}
_default = None


def add_route(path, handler):
    with _routes_lock:
        _routes[path] = handler


def remove_route(path):
    with _routes_lock:
        _routes.pop(path, None)


def find_route(path):
    with _routes_lock:
        return _routes.get(path, _default)


def set_default(handler):
    global _default
    with _routes_lock:
        _default = handler


def default():
    with _routes_lock:
        return _default


def clear():
    _routes.clear()  # expect: inconsistent-lock "_routes"


def reset_default(handler):
    global _default
    _default = handler  # expect: inconsistent-lock "_default"
