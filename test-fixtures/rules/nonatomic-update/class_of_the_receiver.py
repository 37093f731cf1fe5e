"""`type(self)` under a name of its own: the class that all objects share."""
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor


class Echo(socketserver.StreamRequestHandler):
    connections = 0
    longest = 0

    def handle(self):
        line = self.rfile.readline()
        kind = type(self)
        kind.connections += 1  # expect: nonatomic-update
        self.wfile.write(line)


def serve():
    with socketserver.ThreadingTCPServer(("", 7007), Echo) as server:
        server.serve_forever()


class Page:
    made = 0

    def render(self):
        cls = self.__class__
        cls.made += 1  # expect: nonatomic-update
        return "<p>"


def render_all(pages):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(Page().render) for _ in pages]


class Sheet:
    made = 0
    _lock = threading.Lock()

    def render(self):
        cls = type(self)
        with cls._lock:
            cls.made += 1  # ok: nonatomic-update


def render_sheets(count):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(Sheet().render) for _ in range(count)]


class Own:
    count = 0

    def work(self):
        mine = type(self)()
        mine.count += 1  # ok: nonatomic-update
        return mine


def work_all(count):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(Own().work) for _ in range(count)]
