# settings: profile=library
"""A group of subscriptions is one itself: its thread works on those that it has, and callers of the group on the group."""
from concurrent.futures import ThreadPoolExecutor


class Subscription:
    def __init__(self, link):
        self.link = link
        self.handlers = []

    def send(self, line):
        self.link.write(line)
        if self.handlers:
            self.handlers.pop()(line)  # fp: check-then-act

    def close(self):
        self.handlers.clear()


class Group(Subscription):
    def __init__(self, link):
        super().__init__(link)
        self._pool = ThreadPoolExecutor(1)
        self._members: list[Subscription] = []
        self._lines = []

    def add(self, link):
        self._members.append(Subscription(link))

    def tell_later(self, line):
        self._pool.submit(self._tell, line)

    def _tell(self, line):
        for member in self._members:
            member.send(line)
        if self._lines:
            self._lines.pop()  # expect: check-then-act

    def forget(self):
        self._lines.clear()

    def send(self, line):
        self._lines.append(line)
