"""An XML-RPC server with a thread per request, and one without."""
from socketserver import ThreadingMixIn
from xmlrpc.server import SimpleXMLRPCServer

calls = 0
alone = 0


class ManyServer(ThreadingMixIn, SimpleXMLRPCServer):
    daemon_threads = True


class Library:
    def __init__(self):
        self.loans = {}
        self.count = 0

    def lend(self, book, reader):
        if book not in self.loans:
            self.loans[book] = Loan(reader)  # expect: lazy-init-race
        self.count += 1  # expect: nonatomic-update
        return self.loans[book].reader


class Loan:
    def __init__(self, reader):
        self.reader = reader


def ping():
    global calls
    calls += 1  # expect: nonatomic-update "request threads run `ping`"
    return calls


def ring():
    global alone
    alone += 1  # ok: nonatomic-update
    return alone


def main():
    server = ManyServer(("", 8000))
    server.register_function(ping)
    server.register_instance(Library())
    single = SimpleXMLRPCServer(("", 8001))
    single.register_function(ring)
    server.serve_forever()
