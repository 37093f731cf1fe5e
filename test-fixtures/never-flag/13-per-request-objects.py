# Never flag 13: frameworks make a new object for each request, so what it keeps on itself is its own.
import socketserver

from flask.views import MethodView
from starlette.endpoints import HTTPEndpoint
from tornado.web import RequestHandler


class Echo(socketserver.StreamRequestHandler):
    def setup(self):
        super().setup()
        self.lines = 0
        self.seen = {}
        self.parser = None

    def handle(self):
        for line in self.rfile:
            self.lines += 1
            if self.parser is None:
                self.parser = object()
            if line in self.seen:
                del self.seen[line]
            self.seen[line] = self.lines
        for line in self.seen:
            self.wfile.write(line)


class Orders(MethodView):
    def get(self):
        self.count = 0
        self.count += 1
        return str(self.count)


class Home(HTTPEndpoint):
    def get(self, request):
        self.visits = getattr(self, "visits", 0)
        self.visits += 1
        return self.visits


class Page(RequestHandler):
    def prepare(self):
        self.parts = []
        self.used = 0

    def get(self):
        self.used += 1
        if self.parts:
            self.parts.pop()
        self.write("ok")


def main():
    with socketserver.ThreadingTCPServer(("localhost", 9000), Echo) as server:
        server.serve_forever()
