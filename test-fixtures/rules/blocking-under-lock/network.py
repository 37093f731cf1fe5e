"""A request without a timeout, while others wait for the lock."""
import threading
import urllib.request

import httpx
import requests

_lock = threading.Lock()
_rates = {}
_session_lock = threading.Lock()
session = requests.Session()


def rate(currency):
    with _lock:
        if currency not in _rates:
            _rates[currency] = requests.get(f"https://rates.example/{currency}").json()  # expect: blocking-under-lock "waits for the network"
        return _rates[currency]


def forget(currency):
    with _lock:
        _rates.pop(currency, None)


def limited(currency):
    with _lock:
        _rates[currency] = requests.get("https://rates.example", timeout=5).json()  # ok: blocking-under-lock


def own_limit(currency):
    with _lock:
        _rates[currency] = httpx.get("https://rates.example").json()  # ok: blocking-under-lock


def one_at_a_time(url):
    with _session_lock:
        return session.get(url)  # ok: blocking-under-lock


def another(url):
    with _session_lock:
        return session.post(url)  # ok: blocking-under-lock


def outside(currency):
    answer = requests.get("https://rates.example").json()
    with _lock:
        _rates[currency] = answer  # ok: blocking-under-lock


class Feed:
    def __init__(self, url):
        self.url = url
        self.items = []
        self.guard = threading.Lock()

    def reload(self):
        with self.guard:
            self.items = self.read()  # expect: blocking-under-lock "waits for the network"

    def read(self):
        return urllib.request.urlopen(self.url).read().splitlines()

    def first(self):
        with self.guard:
            return self.items[0]
