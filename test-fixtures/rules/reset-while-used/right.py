"""Objects that are not taken away from under their user, or whose user is prepared."""

import socket
import threading


class Joined:
    def __init__(self, address):
        self._conn = socket.create_connection(address)
        self._worker = threading.Thread(target=self._pump)
        self._worker.start()

    def _pump(self):
        while True:
            self._conn.recv(4096)  # ok: reset-while-used

    def close(self):
        self._conn.shutdown(socket.SHUT_RDWR)
        self._worker.join()
        self._conn = None


class Prepared:
    def __init__(self, address):
        self._conn = socket.create_connection(address)
        threading.Thread(target=self._pump).start()

    def _pump(self):
        try:
            while True:
                self._conn.recv(4096)  # ok: reset-while-used
        except (OSError, AttributeError):
            pass

    def close(self):
        self._conn = None


class Copied:
    def __init__(self, address):
        self._conn = socket.create_connection(address)
        threading.Thread(target=self._pump).start()

    def _pump(self):
        conn = self._conn
        while True:
            conn.recv(4096)  # ok: reset-while-used

    def close(self):
        self._conn = None


class Locked:
    def __init__(self, address):
        self._lock = threading.Lock()
        self._conn = socket.create_connection(address)
        threading.Thread(target=self._pump).start()

    def _pump(self):
        while True:
            with self._lock:
                self._conn.send(b"ping")  # ok: reset-while-used

    def close(self):
        with self._lock:
            self._conn = None


class Stated:
    """Who takes it away changes the state first, under the lock under which the state is asked."""

    def __init__(self, loop):
        self._lock = threading.Lock()
        self._state = 0
        self._loop = loop
        self._timer = threading.Timer(0, self._resolve)
        self._timer.start()

    def _resolve(self):
        with self._lock:
            if self._state == 0:
                self._loop.call_soon(self._done)  # ok: reset-while-used

    def _done(self):
        self._state = 2
        self._loop = None

    def cancel(self):
        with self._lock:
            self._state = 1
            self._done()


class TakenByTheThreadItself:
    def __init__(self, address):
        self._conn = socket.create_connection(address)
        threading.Thread(target=self._pump).start()

    def _pump(self):
        while self._conn.recv(4096):  # ok: reset-while-used
            pass
        self._conn = None


def main():
    address = ("localhost", 80)
    for class_ in (Joined, Prepared, Copied, Locked):
        class_(address).close()
    joined = Joined(address)
    joined.close()
    prepared = Prepared(address)
    prepared.close()
    copied = Copied(address)
    copied.close()
    locked = Locked(address)
    locked.close()
    stated = Stated(object())
    stated.cancel()
    TakenByTheThreadItself(address)


main()
