"""Exposed methods of one object, which a pool of threads runs."""
import threading

import cherrypy


class Shop:
    def __init__(self):
        self.sold = 0
        self.visits = 0
        self._lock = threading.Lock()

    @cherrypy.expose
    def buy(self):
        self.sold += 1  # expect: nonatomic-update "request threads"
        return str(self.sold)

    @cherrypy.expose
    def index(self):
        with self._lock:
            self.visits += 1  # ok: nonatomic-update
        cherrypy.session["seen"] = True
        return self.describe()

    def describe(self):
        return "a shop"


cherrypy.quickstart(Shop())
