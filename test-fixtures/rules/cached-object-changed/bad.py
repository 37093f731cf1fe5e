"""Cached results that are changed, or made twice."""
import functools
import json
import threading
from concurrent.futures import ThreadPoolExecutor


@functools.lru_cache(maxsize=100)
def offers(town):
    return json.loads(town)


@functools.cache
def prices():
    return {"tea": 1}


class Account:
    def __init__(self, customer):
        self.customer = customer
        self.lock = threading.Lock()


@functools.lru_cache(maxsize=None)
def account(customer):
    return Account(customer)  # expect: cached-object-changed "Two threads may get two `Account` objects"


def ranked(town):
    found = offers(town)
    found.sort()  # expect: cached-object-changed "`found.sort` changes the cached result of `offers`"
    return found


def raised():
    prices().update(coffee=2)  # expect: cached-object-changed
    known = prices()
    return known


def set_price(name, price):
    known = prices()
    known[name] = price  # expect: cached-object-changed


def collect(customer):
    with account(customer).lock:
        print(customer)


with ThreadPoolExecutor() as pool:
    pool.map(collect, ["a", "b"])


@functools.lru_cache(maxsize=None)
def blank_form(kind):
    return {"kind": kind, "marks": []}


def fill(kind, mark):
    form = blank_form(kind)
    form["marks"].append(mark)  # expect: cached-object-changed "changes the cached result of `blank_form`"
    return form


def fill_copy(kind, mark):
    form = dict(blank_form(kind), marks=[])
    form["marks"].append(mark)  # ok: cached-object-changed
    return form
