"""A thread that ends the object itself, beside whoever closes it from outside."""
import socket
import threading


class Tail:
    def __init__(self, address):
        self._sock = socket.create_connection(address)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        while self.step():
            pass
        self.close()

    def step(self):
        return False

    def close(self):
        if self._sock is not None:
            self._sock.close()  # expect: check-then-act "may be `None`"
            self._sock = None


class Joined:
    """Only one of the two ways is gone at a time."""

    def __init__(self, address):
        self._sock = socket.create_connection(address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        while not self._stop.is_set():
            pass
        self._close()

    def stop(self):
        self._stop.set()
        self._thread.join()
        self._close()

    def _close(self):
        if self._sock is not None:
            self._sock.close()  # ok: check-then-act
            self._sock = None


class Swapped:
    def __init__(self, address):
        self._lock = threading.Lock()
        self._sock = socket.create_connection(address)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        self.close()

    def close(self):
        with self._lock:
            sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()  # ok: check-then-act


def main():
    tail = Tail(("localhost", 9))
    swapped = Swapped(("localhost", 9))
    joined = Joined(("localhost", 9))
    tail.close()
    swapped.close()
    joined.stop()


main()
