"""A request that goes out before anybody waits for its answer."""
import json
import threading
import uuid


class Late:
    def __init__(self, line):
        self.line = line
        self.waiting = {}
        threading.Thread(target=self.read, daemon=True).start()

    def ask(self, question):
        number = uuid.uuid4().hex
        answered = threading.Event()
        self.line.send(json.dumps({"number": number, "question": question}))
        self.waiting[number] = answered  # expect: missed-callback "The answer can come before"
        answered.wait(5)

    def read(self):
        for number, _ in self.line:
            answered = self.waiting.pop(number, None)
            if answered is not None:
                answered.set()


class Early:
    def __init__(self, line):
        self.line = line
        self.waiting = {}
        threading.Thread(target=self.read, daemon=True).start()

    def ask(self, question):
        number = uuid.uuid4().hex
        answered = threading.Event()
        self.waiting[number] = answered  # ok: missed-callback
        self.line.send(json.dumps({"number": number, "question": question}))
        answered.wait(5)

    def read(self):
        for number, _ in self.line:
            answered = self.waiting.pop(number, None)
            if answered is not None:
                answered.set()


class Locked:
    def __init__(self, line):
        self.line = line
        self.lock = threading.Lock()
        self.waiting = {}
        threading.Thread(target=self.read, daemon=True).start()

    def ask(self, number, question):
        answered = threading.Event()
        with self.lock:
            self.line.send((number, question))
            self.waiting[number] = answered  # ok: missed-callback
        answered.wait(5)

    def read(self):
        for number, _ in self.line:
            with self.lock:
                answered = self.waiting.pop(number, None)
            if answered is not None:
                answered.set()


class Unrelated:
    def __init__(self, line):
        self.line = line
        self.sizes = {}
        threading.Thread(target=self.read, daemon=True).start()

    def ask(self, number, question):
        self.line.send(question)
        self.sizes[number] = len(question)  # ok: missed-callback

    def read(self):
        for number, _ in self.line:
            print(self.sizes.get(number))


class Numbered:
    def __init__(self, link):
        self.link = link
        self.sent = {}
        threading.Thread(target=self.read, daemon=True).start()

    def _send_order(self, order):
        return self.link.put(order)

    def order(self, order, when_done):
        number = self._send_order(order)
        self.sent[number] = when_done  # expect: missed-callback "can look for it and find nobody waiting"

    def read(self):
        for number, answer in self.link:
            when_done = self.sent.pop(number, None)
            if when_done is not None:
                when_done(answer)


class Retold:
    """The reader keeps what nobody waits for yet."""

    def __init__(self, link):
        self.link = link
        self.lock = threading.Lock()
        self.sent = {}
        threading.Thread(target=self.read, daemon=True).start()

    def order(self, order, when_done):
        with self.lock:
            number = self.link.send(order)
            self.sent[number] = when_done  # ok: missed-callback

    def read(self):
        for number, answer in self.link:
            with self.lock:
                when_done = self.sent.pop(number)
            when_done(answer)
