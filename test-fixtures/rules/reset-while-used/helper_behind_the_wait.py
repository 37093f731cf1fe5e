"""What a helper takes away is not taken from a thread that all its callers have waited for."""

import socket
import threading


class Waiting:
    def __init__(self, address):
        self._conn = None
        self._address = address
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self._conn = socket.create_connection(self._address)
        self._send()

    def _send(self):
        self._conn.sendall(b"hello")  # ok: reset-while-used

    def close(self):
        self._thread.join()
        self._close()

    def _close(self):
        self._conn = None


class Hasty:
    def __init__(self, address):
        self._conn = None
        self._address = address
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self._conn = socket.create_connection(self._address)
        self._send()

    def _send(self):
        self._conn.sendall(b"hello")  # expect: reset-while-used "`Hasty._close` sets it to `None` without waiting"

    def close(self):
        self._thread.join()
        self._close()

    def abort(self):
        self._close()

    def _close(self):
        self._conn = None


def main():
    waiting = Waiting(("localhost", 80))
    waiting.close()
