"""Flags that say something else than ready: what is read where they are not set does not wait for them."""
import threading


class Unpacker(threading.Thread):
    def __init__(self):
        super().__init__()
        self.killed = False
        self.folder = "tmp"
        self.failed = False
        self.reason = None
        self.done = False
        self.result = None

    def run(self):
        while not self.killed:
            print(self.folder)

    def abort(self):
        self.killed = True  # ok: published-before-ready
        self.folder = None

    def report(self):
        while not self.failed:
            if self.reason is None:
                continue
        print(self.reason)

    def finish(self):
        self.done = True  # expect: published-before-ready
        self.result = 3

    def ask(self):
        if not self.done:
            return None
        return self.result


class Groups:
    def __init__(self):
        self._dirty = False
        self._groups = {}
        threading.Thread(target=self.load).start()

    def load(self):
        self._dirty = True  # ok: published-before-ready
        self._groups = {"a": 1}
        if self._dirty:
            self.save()

    def save(self):
        print(self._groups)


unpacker = Unpacker()
unpacker.start()
unpacker.abort()
threading.Thread(target=unpacker.ask).start()
unpacker.finish()
Groups().save()
