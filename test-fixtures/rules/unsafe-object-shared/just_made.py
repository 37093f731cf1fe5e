# settings: profile=library
"""What a function does with the object that it has just made meets nobody; what others do with it later may."""
import threading

import zmq


class Desk:
    def __init__(self, context, address):
        self.context = context
        self.address = address
        self.bell = None

    def start(self):
        self.bell = self.context.socket(zmq.PUB)
        self.bell.bind(self.address)  # ok: unsafe-object-shared
        self.bell.linger = 0


class DeskInAThread(threading.Thread, Desk):
    def __init__(self, address):
        threading.Thread.__init__(self)
        Desk.__init__(self, zmq.Context(), address)

    def start(self):
        return threading.Thread.start(self)

    def run(self):
        return Desk.start(self)


class Usher:
    def __init__(self, address):
        self.address = address
        self.line = None

    def open(self):
        self.line = zmq.Context().socket(zmq.DEALER)
        self.line.setsockopt(zmq.IDENTITY, b"usher")  # ok: unsafe-object-shared
        self.line.connect(self.address)  # ok: unsafe-object-shared

    def tell(self, text):
        self.line.send(text)  # expect: unsafe-object-shared "`self.line.send` may be called"

    def remind(self, text):
        self.tell(text)
        threading.Timer(5, lambda: self.tell(text)).start()
