"""One resource for all requests."""
import threading

import falcon


class Hits:
    def __init__(self):
        self.hits = 0
        self.seen = 0
        self._lock = threading.Lock()

    def on_get(self, request, response):
        self.hits += 1  # expect: nonatomic-update "request threads"
        response.media = {"hits": self.hits}

    def on_post(self, request, response):
        with self._lock:
            self.seen += 1  # ok: nonatomic-update


app = falcon.App()
app.add_route("/hits", Hits())
