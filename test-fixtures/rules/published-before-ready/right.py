"""The flag comes last, the table is replaced whole."""
import threading


class Dictionary:
    def __init__(self, path):
        self.path = path
        self.loaded = False
        self.busy = False
        self.words = None

    def load(self):
        self.busy = True  # ok: published-before-ready
        self.words = set(open(self.path))
        self.busy = False
        self.loaded = True  # ok: published-before-ready

    def knows(self, word):
        if not self.loaded or self.busy:
            return None
        return self.words.issuperset([word])


def check(path):
    words = Dictionary(path)
    threading.Thread(target=words.load).start()
    return words.knows("a")


prices = {}
lock = threading.Lock()
names = []


def refresh(shop):
    global prices
    while True:
        fresh = {}
        for name, price in shop.list():
            fresh[name] = price
        prices = fresh  # ok: published-before-ready
        with lock:
            names.clear()  # ok: published-before-ready
            for name in fresh:
                names.append(name)


def price(name):
    with lock:
        known = list(names)
    return prices.get(name), known


def serve(shop):
    threading.Thread(target=refresh, args=(shop,)).start()
    while True:
        print(price(input()))
