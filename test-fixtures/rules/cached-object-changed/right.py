"""Copies of cached results, and cached results that have no identity."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor


@functools.lru_cache(maxsize=100)
def offers(town):
    return [town]


def plain(town):
    return [town]


class Point:
    def __init__(self, x):
        self.x = x


@functools.lru_cache(maxsize=None)
def point(x):
    return Point(x)  # ok: cached-object-changed


class Account:
    def __init__(self):
        self.lock = threading.Lock()


@functools.lru_cache(maxsize=None)
def account():
    return Account()  # ok: cached-object-changed


account()


def ranked(town):
    found = sorted(offers(town))
    found.append("more")  # ok: cached-object-changed
    other = plain(town)
    other.sort()  # ok: cached-object-changed
    copy = list(offers(town))
    copy.clear()  # ok: cached-object-changed
    return found, other, copy


def use(x):
    return point(x).x


with ThreadPoolExecutor() as pool:
    pool.map(use, [1, 2])
