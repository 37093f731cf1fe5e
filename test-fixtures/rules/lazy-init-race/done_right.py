"""Lazy initialisation that cannot run twice, or that only one thread can see."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor

_lock = threading.Lock()
_pool = None
_table = None
_modules = {}
_main_only = None
_from_start = None


class Handle:
    def __init__(self, name):
        self.name = name


def pool():
    global _pool
    if _pool is None:
        with _lock:
            if _pool is None:
                _pool = ThreadPoolExecutor()  # ok: lazy-init-race
    return _pool


def table():
    global _table
    with _lock:
        if _table is None:
            _table = Handle("table")  # ok: lazy-init-race
        return _table


def module(name):
    with _lock:
        try:
            return _modules[name]
        except KeyError:
            _modules[name] = Handle(name)  # ok: lazy-init-race
            return _modules[name]


@functools.cache
def handle(name):
    return Handle(name)


def only_from_main():
    global _main_only
    if _main_only is None:
        _main_only = Handle("main")  # ok: lazy-init-race
    return _main_only


def before_threads():
    global _from_start
    if _from_start is None:
        _from_start = Handle("start")  # ok: lazy-init-race


def local_memo(names):
    seen = {}
    for name in names:
        if name not in seen:
            seen[name] = Handle(name)  # ok: lazy-init-race
    return seen


def work(name):
    handle(name)
    module(name)
    table()
    return local_memo([name, name])


def default_argument(name, handles=None):
    if handles is None:
        handles = Handle(name)  # ok: lazy-init-race
    return handles


def main():
    before_threads()
    only_from_main()
    workers = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    only_from_main()
    return default_argument("a"), pool()


if __name__ == "__main__":
    main()
