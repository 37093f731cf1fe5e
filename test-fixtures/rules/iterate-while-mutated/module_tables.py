"""Module tables: some grow while another thread steps through them, some never change after the start."""
import threading
from collections import OrderedDict, defaultdict

prices = {}
orders = defaultdict(list)
recent = OrderedDict()
symbols = {"EUR": 1, "USD": 2}
subscribers = []
lock = threading.Lock()
guarded = {}


def feed(ticks):
    for symbol, price in ticks:
        prices[symbol] = price
        orders[symbol].append(price)
        recent[symbol] = price
        recent.popitem(last=False)
        subscribers.append(symbol)
        with lock:
            guarded[symbol] = price


def show():
    for symbol, price in prices.items():  # expect: iterate-while-mutated "prices"
        print(symbol, price)
    print({symbol: len(prints) for symbol, prints in orders.items()})  # expect: iterate-while-mutated "orders"
    for symbol in recent:  # expect: iterate-while-mutated "recent"
        print(symbol)
    for symbol in symbols:  # ok: iterate-while-mutated
        print(symbol)
    for symbol in subscribers:  # ok: iterate-while-mutated
        print(symbol)
    with lock:
        for symbol in guarded:  # ok: iterate-while-mutated
            print(symbol)
    with lock:
        snapshot = list(guarded.items())
    for symbol, price in snapshot:  # ok: iterate-while-mutated
        print(symbol, price)


def main(ticks):
    for symbol in prices:  # ok: iterate-while-mutated
        print(symbol)
    thread = threading.Thread(target=feed, args=(ticks,))
    thread.start()
    show()
    thread.join()
    for symbol in prices:  # ok: iterate-while-mutated
        print(symbol)


if __name__ == "__main__":
    main([("EUR", 1.0)])
