"""What the handlers of a threading server share is their server."""
import socketserver
import threading


class Desk(socketserver.ThreadingTCPServer):
    def __init__(self, address, handler):
        super().__init__(address, handler)
        self.visitors = 0
        self.served = 0
        self.lock = threading.Lock()


class Visitor(socketserver.StreamRequestHandler):
    lines = 0

    def handle(self):
        self.server.visitors += 1  # expect: nonatomic-update
        self.seen = 0
        for _ in self.rfile:
            self.seen += 1  # ok: nonatomic-update
        with self.server.lock:
            self.server.served += 1  # ok: nonatomic-update


if __name__ == "__main__":
    Desk(("", 7000), Visitor).serve_forever()
