"""Threads that start when everything they read is there, or read nothing of it."""
import threading


class Last:
    def __init__(self, port):
        self.port = port
        threading.Thread(target=self._read).start()  # ok: start-before-init

    def _read(self):
        print(self.port)


class HasDefault:
    port = None

    def __init__(self, port):
        threading.Thread(target=self._read).start()  # ok: start-before-init
        self.port = port

    def _read(self):
        print(self.port)


class NotRead:
    def __init__(self, port):
        self._thread = threading.Thread(target=self._read)
        self._thread.start()  # ok: start-before-init
        self.port = port

    def _read(self):
        print("ready")

    def name(self):
        return self.port


class StartsLater(threading.Thread):
    def __init__(self, port):
        super().__init__()
        self._prepare()
        self.start()  # ok: start-before-init
        self.port = port

    def _prepare(self):
        self.port = None

    def run(self):
        print(self.port)


class Base:
    def __init__(self, port):
        self.port = port
        threading.Thread(target=self._loop).start()

    def _loop(self):
        print(self.port)


class Sub(Base):
    def __init__(self, port, name):
        super().__init__(port)  # ok: start-before-init
        self.name = name
