"""What a session keeps for all requests, set by threads for their own."""
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import requests

session = requests.Session()
session.headers["User-Agent"] = "importer/1"  # ok: unsafe-object-shared
client = httpx.Client()
lock = threading.Lock()


def as_user(user, url):
    session.headers["X-User"] = user  # expect: unsafe-object-shared "`session.headers` is set for all threads"
    return session.get(url)


def logged_in(account, url):
    session.auth = (account.name, account.password)  # expect: unsafe-object-shared
    return session.post(url)


def with_credentials(credentials, url):
    session.auth = credentials  # expect: unsafe-object-shared "Pass it to the call"
    return session.post(url)


def updated(tenant, url):
    client.headers.update({"X-Tenant": tenant})  # expect: unsafe-object-shared
    return client.get(url)


def named(user, url):
    session.headers["X-User"] = f"user {user}"  # fn: unsafe-object-shared
    return session.get(url)


def prepared(user):
    session.params["user"] = user  # fn: unsafe-object-shared


def in_turn(user, url):
    with lock:
        session.headers["X-User"] = user  # ok: unsafe-object-shared
        return session.get(url)


def passed(user, url):
    return session.get(url, headers={"X-User": user})  # ok: unsafe-object-shared


def renewed(url):
    answer = session.get(url)
    if answer.status_code == 401:
        session.headers["Authorization"] = login()  # ok: unsafe-object-shared
        answer = session.get(url)
    return answer


def login():
    return "token"


def of_its_own(user, url):
    own = requests.Session()
    own.headers["X-User"] = user  # ok: unsafe-object-shared
    return own.get(url)


with ThreadPoolExecutor() as pool:
    for name in ("ann", "ben"):
        pool.submit(as_user, name, "https://example.org")
        pool.submit(logged_in, name, "https://example.org")
        pool.submit(with_credentials, name, "https://example.org")
        pool.submit(updated, name, "https://example.org")
        pool.submit(named, name, "https://example.org")
        pool.submit(prepared, name)
        pool.submit(in_turn, name, "https://example.org")
        pool.submit(passed, name, "https://example.org")
        pool.submit(renewed, "https://example.org")
        pool.submit(of_its_own, name, "https://example.org")


class Fetcher(threading.Thread):
    """Each of the threads has a user of its own, and all have one session."""

    def __init__(self, user):
        super().__init__()
        self.user = user

    def run(self):
        shared.headers["X-User"] = self.user  # expect: unsafe-object-shared
        shared.get("https://example.org")


class OwnFetcher(threading.Thread):
    def __init__(self, user):
        super().__init__()
        self.user = user
        self.session = requests.Session()

    def run(self):
        self.session.headers["X-User"] = self.user  # ok: unsafe-object-shared
        self.session.get("https://example.org")


shared = requests.Session()
for name in ("a", "b"):
    Fetcher(name).start()
    OwnFetcher(name).start()
