"""Locks that are there, and do not keep together what belongs together."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

_request = threading.local()
_open = []


class Budget:
    def __init__(self, pages):
        self._lock = threading.Lock()
        self._pages = dict(pages)

    def left(self, host):
        with self._lock:
            return self._pages.get(host, 0)

    def spend(self, host):
        with self._lock:
            self._pages[host] = self._pages.get(host, 0) - 1

    def reserve(self, host):
        if self.left(host) < 1:
            raise LookupError(host)
        self.spend(host)


class Series:
    def __init__(self):
        self.__lock = threading.Lock()
        self._points = []

    def add(self, point):
        with self.__lock:
            self._points.append(point)


class ShortSeries(Series):
    def __init__(self):
        super().__init__()
        self.__lock = threading.Lock()

    def trim(self):
        with self.__lock:
            self._points = self._points[-100:]


class Fetcher:
    def __init__(self):
        self._slots = threading.Semaphore(4)
        self.bytes = 0

    def fetch(self, url):
        with self._slots:
            self.bytes += len(url)


@contextmanager
def panel(title):
    _open.append(title)
    try:
        yield
    finally:
        _open.pop()


def fill(title):
    with panel(title):
        print(_open[-1])


async def load():
    await asyncio.sleep(0.1)
    return _request.user


async def handle(user):
    _request.user = user
    return await load()


def mail(text):
    print(getattr(_request, "user", "nobody"), text)


def answer(request):
    _request.user = request.user
    with ThreadPoolExecutor() as pool:
        pool.submit(mail, "done")


async def serve():
    print(await asyncio.gather(handle("ann"), handle("bob")))


def start(urls):
    budget = Budget({"example.org": 3})
    fetcher = Fetcher()
    with ThreadPoolExecutor() as pool:
        for url in urls:
            pool.submit(budget.reserve, url)
            pool.submit(fetcher.fetch, url)
            pool.submit(fill, url)
    asyncio.run(serve())
