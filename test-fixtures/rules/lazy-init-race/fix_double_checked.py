"""Double-checked locking around the same statement."""
import threading
from concurrent.futures import ThreadPoolExecutor

_lock = threading.Lock()
_client = None


class Client:
    pass


def client():
    global _client
    if _client is None:
        _client = Client()  # expect: lazy-init-race
    return _client


def main(names):
    with ThreadPoolExecutor() as pool:
        for _ in names:
            pool.submit(client)
