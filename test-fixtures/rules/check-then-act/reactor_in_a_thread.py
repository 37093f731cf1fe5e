# settings: profile=library
"""One reactor is run in a thread by another; each is used by the thread that runs it, and so are its calls."""
from threading import Thread

from twisted.internet import error


class Reactor:
    def __init__(self):
        self._calls = []
        self._called = 0

    def run(self):
        while self._calls:
            self.run_one()

    def run_one(self):
        if self._calls:
            self._calls.pop()()  # ok: check-then-act
        self._called += 1  # ok: nonatomic-update

    def cancel(self, call):
        if call not in self._calls:
            raise error.AlreadyCalled
        self._calls.remove(call)  # ok: check-then-act


class WithHelper:
    def __init__(self):
        self._helper = None

    def help(self):
        self._helper = Reactor()
        Thread(target=self._helper.run).start()
