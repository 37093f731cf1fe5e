# settings: target=both
"""One object for all, made the first time that it is asked for."""
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine

_engines = {}


class Once(type):
    _objects = {}

    def __call__(cls, *args):
        if cls not in cls._objects:
            cls._objects[cls] = super().__call__(*args)  # expect: lazy-init-race "run `greet`"
        return cls._objects[cls]


class Greeter(metaclass=Once):
    def __init__(self):
        self.count = 0


class OnceLocked(type):
    _objects = {}
    _making = threading.RLock()

    def __call__(cls, *args):
        with OnceLocked._making:
            if cls not in cls._objects:
                cls._objects[cls] = super().__call__(*args)  # ok: lazy-init-race
            return cls._objects[cls]


class Announcer(metaclass=OnceLocked):
    pass


class Line:
    _only = None

    def __new__(cls):
        if cls._only is None:
            line = super().__new__(cls)
            line.pieces = []
            cls._only = line  # expect: lazy-init-race
        return cls._only


class Atlas:
    def __init__(self, build):
        self._build = build
        self._lock = threading.Lock()
        self._pages = None

    @property
    def pages(self):
        if self._pages is None:
            with self._lock:
                self._pages = self._build()  # expect: lazy-init-race "the lock is taken after the test"
        return self._pages


def engine_of(tenant):
    engine = _engines.get(tenant)
    if engine is None:
        engine = create_engine(f"sqlite:///{tenant}")
        _engines[tenant] = engine  # expect: lazy-init-race
    return engine


_lengths = {}
_lengths_lock = threading.Lock()


def length(word):
    known = _lengths.get(word)
    if known is not None:
        return known
    result = len(word.encode())
    with _lengths_lock:
        if len(_lengths) > 100:
            _lengths.clear()
        _lengths[word] = result  # expect: lazy-init-race
    return result


def greet(name, atlas):
    return Greeter(), Announcer(), Line(), engine_of(name), length(name), atlas.pages


def run(names, build):
    atlas = Atlas(build)
    with ThreadPoolExecutor(4) as pool:
        for name in names:
            pool.submit(greet, name, atlas)
