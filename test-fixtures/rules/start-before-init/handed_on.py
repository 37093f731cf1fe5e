"""A thread hands on a method of its object, which reads what a subclass sets later."""
import threading


class Feed:
    def __init__(self, source):
        self.source = source
        self.seen = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        self.source.on_line(self._line)
        self.source.run()

    def _line(self, line):
        self.seen += 1
        self.handle(line)

    def handle(self, line):
        raise NotImplementedError


class Printer(Feed):
    def __init__(self, source, prefix):
        super().__init__(source)  # expect: start-before-init "The thread starts before `self.prefix` is set"
        self.prefix = prefix

    def handle(self, line):
        print(self.prefix, line)


class Counter(Feed):
    def __init__(self, source):
        self.count = 0
        super().__init__(source)  # ok: start-before-init
        self.name = "counter"

    def handle(self, line):
        self.count += 1
