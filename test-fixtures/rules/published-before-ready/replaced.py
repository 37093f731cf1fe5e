"""A table that is replaced by an empty one, and filled by one call only then."""
import threading

prices = {}
stock = {}
names = {}


def fetch():
    return {"tea": 3}


def refresh_prices():
    global prices
    prices = {}  # expect: published-before-ready
    prices.update(fetch())


def refresh_stock():
    global stock
    fresh = {}
    fresh.update(fetch())
    stock = fresh


def gather():
    global names
    while True:
        names.update(fetch())
        if len(names) > 9:
            names = {}  # ok: published-before-ready


def cost(name):
    return prices[name]


def left(name):
    return stock[name]


def known(name):
    return names[name]


for one in (refresh_prices, refresh_stock, gather):
    threading.Thread(target=one).start()
while True:
    print(cost(input()), left(input()), known(input()))
