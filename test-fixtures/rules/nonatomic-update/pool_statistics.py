"""A fetcher whose pool tasks update statistics of the one object they all share."""
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from urllib.request import urlopen


class Fetcher:
    def __init__(self, workers=8):
        self.hits = 0
        self.bytes = 0
        self.slowest = 0.0
        self.by_host = {}
        self.errors = []
        self.pool = ThreadPoolExecutor(max_workers=workers)

    def fetch_all(self, urls):
        for url in urls:
            self.pool.submit(self.fetch, url)

    def fetch(self, url):
        try:
            with urlopen(url) as reply:
                body = reply.read()
        except OSError as error:
            self.errors.append(error)  # ok: nonatomic-update
            return
        self.hits += 1  # expect: nonatomic-update "self.hits"
        self.bytes += len(body)  # expect: nonatomic-update "self.bytes"
        host = urlsplit(url).hostname
        self.by_host[host] = self.by_host.get(host, 0) + 1  # expect: nonatomic-update "self.by_host"
        self._note_time(len(body) / 1000)

    def _note_time(self, seconds):
        self.slowest = max(self.slowest, seconds)  # expect: nonatomic-update "self.slowest"

    def report(self):
        return f"{self.hits} hits, {self.bytes} bytes, {self.by_host}"
