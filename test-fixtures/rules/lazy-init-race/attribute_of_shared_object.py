"""Attributes of one object that all threads use, made on first use."""
import json
import re
import threading
from urllib.request import build_opener


class Api:
    def __init__(self, base):
        self.base = base
        self._lock = threading.Lock()
        self._opener = None
        self._calls = 0

    def opener(self):
        if self._opener is None:
            self._opener = build_opener()  # expect: lazy-init-race "self._opener"
        return self._opener

    def cache(self):
        if not hasattr(self, "_cache"):
            self._cache = dict(base=self.base)  # expect: lazy-init-race "self._cache"
        return self._cache

    def count(self):
        with self._lock:
            self._calls += 1


class Patterns:
    """Double work at worst: each thread computes the same value."""

    def __init__(self, source):
        self._lock = threading.Lock()
        self._source = source
        self._compiled = None
        self._uses = 0

    def compiled(self):
        if self._compiled is None:
            self._compiled = re.compile(self._source)  # expect: lazy-init-race "self._compiled"
        return self._compiled

    def use(self):
        with self._lock:
            self._uses += 1


class PerThread:
    """Not shared: threading.local."""

    def __init__(self):
        self._lock = threading.Lock()
        self._local = threading.local()

    def parser(self):
        if not hasattr(self._local, "parser"):
            self._local.parser = json.JSONDecoder()  # ok: lazy-init-race
        return self._local.parser
