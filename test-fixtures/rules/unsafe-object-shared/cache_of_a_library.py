"""Caches of `cachetools` change in every look-up, and none of them has a lock."""
import threading

from cachetools import LRUCache, TTLCache
from flask import Flask, jsonify

app = Flask(__name__)
rates = TTLCache(maxsize=100, ttl=60)
guarded = LRUCache(maxsize=100)
guarded_lock = threading.Lock()
plain = {}


def ask_bank(currency):
    return len(currency)


@app.get("/rates/<currency>")
def rate(currency):
    try:
        found = rates[currency]  # expect: unsafe-object-shared "`rates[…]` may be used"
    except KeyError:
        found = rates[currency] = ask_bank(currency)  # expect: lazy-init-race
    return jsonify(found)


@app.get("/guarded/<currency>")
def guarded_rate(currency):
    with guarded_lock:
        found = guarded.get(currency)  # ok: unsafe-object-shared
        if found is None:
            found = guarded[currency] = ask_bank(currency)
    return jsonify(found)


@app.get("/plain/<currency>")
def plain_rate(currency):
    try:
        found = plain[currency]  # ok: unsafe-object-shared
    except KeyError:
        found = plain[currency] = ask_bank(currency)  # expect: lazy-init-race
    return jsonify(found)


def alone(currencies):
    own = TTLCache(maxsize=10, ttl=5)
    for currency in currencies:
        own[currency] = ask_bank(currency)  # ok: unsafe-object-shared
    return dict(own)


if __name__ == "__main__":
    app.run(threaded=True)
