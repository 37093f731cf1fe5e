# settings: profile=library
"""What a reactor tells its protocols and factories, it tells them in its own thread."""
from twisted.internet.protocol import ClientFactory
from twisted.protocols.basic import LineReceiver


class ChatPool(LineReceiver):
    def __init__(self):
        self._waiting = {}
        self._peer = None

    def lineReceived(self, line):
        if line in self._waiting:
            self._waiting.pop(line).callback(line)  # ok: check-then-act

    def send(self, line, deferred):
        if self._peer is not None:
            self._peer.write(line)
        self._waiting[line] = deferred

    def connectionLost(self, reason):
        self._peer = None
        for deferred in self._waiting.values():  # ok: iterate-while-mutated
            deferred.errback(reason)


class ChatCache(ClientFactory):
    def __init__(self):
        self._known = {}

    def buildProtocol(self, address):
        if address in self._known:
            return self._known[address]  # ok: check-then-act
        self._known[address] = ChatPool()  # ok: lazy-init-race
        return self._known[address]  # ok: check-then-act

    def clientConnectionLost(self, connector, reason):
        self._known.clear()
