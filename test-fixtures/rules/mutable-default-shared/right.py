"""Defaults that nobody changes, that are replaced, that nobody gets, or that are a cache."""
import threading
from concurrent.futures import ThreadPoolExecutor

_lock = threading.Lock()


def read_only(path, skip=set()):
    return path in skip  # ok: mutable-default-shared


def replaced(path, visited=None):
    visited = set() if visited is None else visited
    visited.add(path)  # ok: mutable-default-shared


def copied(path, visited=[]):
    visited = list(visited)
    visited.append(path)  # ok: mutable-default-shared


def cached(path, _cache={}):
    _cache[path] = 1  # ok: mutable-default-shared


def guarded(path, seen=[]):
    with _lock:
        seen.append(path)  # ok: mutable-default-shared


def alone(path, seen=[]):
    seen.append(path)  # ok: mutable-default-shared


def _collect(tree, below=[], names={}):
    for name, branch in tree.items():
        names[name] = True  # ok: mutable-default-shared
        below.append(name)  # ok: mutable-default-shared
        _collect(branch, below, names=names)


def leaves(tree):
    below, names = [], {}
    _collect(tree, below=below, names=names)
    return below


def _note(name, heard=[]):
    heard.append(name)  # expect: mutable-default-shared


def notes(names):
    _note("first", [])
    for name in names:
        _note(name)


with ThreadPoolExecutor() as pool:
    pool.submit(leaves, {"a": {}})
    pool.submit(leaves, {"b": {}})
    pool.submit(notes, "ab")
    pool.submit(notes, "cd")
    for path in ("a", "b"):
        pool.submit(read_only, path)
        pool.submit(replaced, path)
        pool.submit(copied, path)
        pool.submit(cached, path)
        pool.submit(guarded, path)
alone("a")
