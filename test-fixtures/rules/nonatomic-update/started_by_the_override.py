# settings: profile=library
import socket
import threading


class Line:
    def __init__(self, address):
        self.address = address
        self.sock = None
        self.buffer = b""
        self.reader = None

    def connect(self):
        self.sock = socket.create_connection(self.address)
        self.reader = threading.Thread(target=self.run, daemon=True)
        self.reader.start()

    def run(self):
        while True:
            print(self.receive())

    def receive(self):
        return self.sock.recv(512)


class FramedLine(Line):
    """Connects in a way of its own: the thread that its base would start never works on it."""

    def connect(self):
        self.sock = socket.create_connection(self.address)
        self.buffer = self.sock.recv(512)
        self._skip_line()
        self.reader = threading.Thread(target=self.run, daemon=True)
        self.reader.start()

    def _skip_line(self):
        self.buffer = self.buffer.partition(b"\n")[2]  # ok: nonatomic-update

    def receive(self):
        while b"\n" not in self.buffer:
            self.buffer += self.sock.recv(512)  # ok: nonatomic-update
        frame = self.buffer.partition(b"\n")[0]
        self._skip_line()
        return frame


