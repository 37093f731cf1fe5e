"""Readers are let in too early."""
import threading


class Dictionary:
    def __init__(self, path):
        self.path = path
        self.loaded = False
        self.words = None

    def load(self):
        self.loaded = True  # expect: published-before-ready "`self.words`"
        self.words = set(open(self.path))  # evidence: published-before-ready

    def knows(self, word):
        if not self.loaded:
            return None
        return self.words.issuperset([word])  # evidence: published-before-ready


def check(path):
    words = Dictionary(path)
    threading.Thread(target=words.load).start()
    return words.knows("a")


prices = {}


def refresh(shop):
    while True:
        prices.clear()  # expect: published-before-ready "`prices`"
        for name, price in shop.list():
            prices[name] = price


def price(name):
    return prices.get(name)  # evidence: published-before-ready


def serve(shop):
    threading.Thread(target=refresh, args=(shop,)).start()
    while True:
        print(price(input()))
