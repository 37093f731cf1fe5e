"""A cache of cachetools wants a lock."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cachetools import LRUCache, TTLCache, cached


@cached(TTLCache(maxsize=100, ttl=60))
def profile(name):  # expect: unsafe-object-shared "lock=threading.Lock()"
    return {"name": name}


@cached(LRUCache(maxsize=100), lock=threading.Lock())
def picture(name):  # ok: unsafe-object-shared
    return name.encode()


@cached(LRUCache(maxsize=100))
def banner():  # ok: unsafe-object-shared
    return "hello"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.wfile.write(picture(profile(self.path)["name"]))


if __name__ == "__main__":
    print(banner())
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
