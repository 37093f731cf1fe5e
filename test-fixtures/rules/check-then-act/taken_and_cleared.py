# settings: profile=library
"""Something pending is taken and then marked as taken, in two steps."""
import threading

_pending = None


def arrange(host, port):
    global _pending
    _pending = (host, port)


def connected():
    global _pending
    if _pending is not None:
        host, port = _pending  # expect: check-then-act "may be `None`"
        _pending = None
        print(host, port)


class Mailer:
    def __init__(self):
        self._lock = threading.Lock()
        self._draft = None
        self._letters = None

    def write(self, text):
        self._draft = text

    def post(self):
        if self._draft:
            self.deliver(self._draft)  # expect: check-then-act "both take it"
            self._draft = None

    def collect(self, text):
        self._letters = text

    def sweep(self):
        letters, self._letters = self._letters, None  # ok: check-then-act
        if letters:
            self.deliver(letters)

    def deliver(self, text):
        print(text)


class Purse:
    def __init__(self):
        self._lock = threading.Lock()
        self._coin = None

    def put(self, coin):
        with self._lock:
            self._coin = coin

    def spend(self):
        with self._lock:
            if self._coin:
                print(self._coin)
                self._coin = None  # ok: check-then-act
