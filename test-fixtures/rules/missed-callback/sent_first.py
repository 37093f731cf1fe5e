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
