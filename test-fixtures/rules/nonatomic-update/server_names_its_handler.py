"""A server that names its handlers to its base class."""
import socketserver
import threading


class Tally:
    def __init__(self):
        self.votes = {}

    def vote(self, name):
        self.votes[name] = self.votes.get(name, 0) + 1  # expect: nonatomic-update


class Voter(socketserver.StreamRequestHandler):
    def handle(self):
        tally = self.server.tally
        for line in self.rfile:
            tally.vote(line)


class Polls(socketserver.ThreadingMixIn, socketserver.TCPServer):
    def __init__(self, address):
        super().__init__(address, Voter)
        self.tally = Tally()


class Booth(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.server.lines += 1  # ok: nonatomic-update


class OneAtATime(socketserver.TCPServer):
    def __init__(self, address):
        super().__init__(address, Booth)
        self.lines = 0


if __name__ == "__main__":
    OneAtATime(("", 7001)).handle_request()
    Polls(("", 7000)).serve_forever()
