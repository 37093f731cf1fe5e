"""The thread that reads may take the connection away between the test and the use."""
import socket
import threading


class Feed:
    def __init__(self, address):
        self._address = address
        self._connection = None
        self._reader = threading.Thread(target=self._read, daemon=True)

    def open(self):
        self._connection = socket.create_connection(self._address)
        self._reader.start()

    def _read(self):
        connection = self._connection
        while connection.recv(1024):
            pass
        self._connection = None

    def send(self, text):
        if self._connection is not None:
            self._connection.sendall(text.encode())  # expect: check-then-act "self._connection"

    def send_right(self, text):
        connection = self._connection
        if connection is not None:
            connection.sendall(text.encode())  # ok: check-then-act
