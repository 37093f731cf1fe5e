"""An echo server and a status page: a handler object per request, one module for all."""
import socketserver
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

served = 0
pages = 0


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        global served
        self.lines = 0
        for line in self.rfile:
            self.lines += 1  # ok: nonatomic-update
            self.wfile.write(line)
        served += 1  # expect: nonatomic-update


class EchoServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True


class Status(BaseHTTPRequestHandler):
    def do_GET(self):
        global pages
        pages += 1  # expect: nonatomic-update "request threads run `Status.do_GET`"
        self.send_response(200)


def main():
    ThreadingHTTPServer(("localhost", 8000), Status)
    with EchoServer(("localhost", 9000), Echo) as server:
        server.serve_forever()
