"""Globals filled on first use by functions that run in a pool."""
import sqlite3
from concurrent.futures import ThreadPoolExecutor


class Client:
    def __init__(self, address):
        self.address = address

    def send(self, text):
        print(self.address, text)


_client = None
_connection = None
_settings = {}
_sessions = {}
_logs = {}


def client():
    global _client
    if _client is None:
        _client = Client("localhost")  # expect: lazy-init-race "_client"
    return _client


def connection():
    global _connection
    if not _connection:
        _connection = sqlite3.connect("orders.db", check_same_thread=False)  # expect: lazy-init-race "_connection"
    return _connection


def session(user):
    try:
        return _sessions[user]
    except KeyError:
        _sessions[user] = Client(user)  # expect: lazy-init-race "_sessions"
        return _sessions[user]


def client_for(address):
    found = _settings.get(address)
    if found is None:
        found = Client(address)
        _settings[address] = found  # expect: lazy-init-race "_settings"
    return found


def log_of(user):
    if user not in _logs:
        _logs[user] = Client(user)  # expect: lazy-init-race "_logs"
    return _logs[user]


def handle(order):
    client().send(order)
    client_for("remote").send(order)
    session("me").send(order)
    log_of("me").send(order)
    return connection().execute("select 1").fetchone()


def main(orders):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(handle, orders))
