# Never flag 12: double-checked locking done right.
import threading
from concurrent.futures import ThreadPoolExecutor

_lock = threading.Lock()
_client = None
_tables = {}


class Client:
    pass


def client():
    global _client
    if _client is None:
        with _lock:
            if _client is None:
                _client = Client()
    return _client


def client_with_local():
    global _client
    found = _client
    if found is None:
        with _lock:
            found = _client
            if found is None:
                found = Client()
                _client = found
    return found


def table(name):
    found = _tables.get(name)
    if found is None:
        with _lock:
            found = _tables.get(name)
            if found is None:
                found = _tables[name] = Client()
    return found


def table_by_key(name):
    if name not in _tables:
        with _lock:
            if name not in _tables:
                _tables[name] = Client()
    return _tables[name]


class Service:
    _instance = None
    _instance_lock = threading.Lock()

    def __init__(self):
        self._lock = threading.RLock()
        self._engine = None

    @classmethod
    def instance(cls):
        if cls._instance is None:
            with cls._instance_lock:
                if cls._instance is None:
                    cls._instance = cls()
        return cls._instance

    @property
    def engine(self):
        if not self._engine:
            with self._lock:
                if not self._engine:
                    self._engine = Client()
        return self._engine


def work(name):
    return client(), client_with_local(), table(name), table_by_key(name), Service.instance().engine


def main(names):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, names))
