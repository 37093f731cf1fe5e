"""Fetches pages in pool threads."""
import threading
from urllib.request import build_opener

import lxml.html

from .statistics import Statistics

_opener = None
_visited = set()


def opener():
    """One opener for the whole program, made when it is first wanted."""
    global _opener
    if _opener is None:
        _opener = build_opener()
    return _opener


class Fetcher:
    def __init__(self):
        self.statistics = Statistics()
        self.pages = 0
        self.queue = []

    def fetch(self, url):
        if url in _visited:
            return
        _visited.add(url)
        try:
            body = opener().open(url).read()
        except OSError:
            self.forget(url)
            return
        self.pages += 1
        self.statistics.record(url, len(body))
        self.save(url, body)
        self.queue.extend(link for _, _, link, _ in lxml.html.fromstring(body).iterlinks())

    def save(self, url, body):
        with threading.Lock():
            with open("pages.txt", "ab") as file:
                file.write(url.encode() + b"\n" + body + b"\n")

    def next_url(self):
        if self.queue:
            return self.queue.pop()
        return None

    def forget(self, url):
        if url in _visited:
            _visited.remove(url)
