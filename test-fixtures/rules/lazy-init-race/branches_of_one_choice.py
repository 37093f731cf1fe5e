"""The branches of one lazy choice are one finding."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Local:
    def __init__(self):
        self.sent = []


class Remote(Local):
    pass


class Post:
    def __init__(self, address):
        self._address = address
        self._route = None

    def route(self):
        if self._route is None:
            if self._address is None:
                self._route = Local()  # expect: lazy-init-race
            else:
                self._route = Remote()  # evidence: lazy-init-race
        return self._route


post = Post(None)
with ThreadPoolExecutor() as pool:
    for _ in range(4):
        pool.submit(post.route)
