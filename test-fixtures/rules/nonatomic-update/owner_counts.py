"""A gate that its owner may enter again: who finds its own name in it is inside, and holds the lock."""
import threading
from threading import get_ident


class Gate:
    def __init__(self):
        self._block = threading.Lock()
        self._owner = None
        self._depth = 0
        self.waits = 0

    def enter(self):
        me = get_ident()
        if self._owner == me:
            self._depth += 1  # ok: nonatomic-update
            return
        self.waits += 1  # expect: nonatomic-update
        self._block.acquire()
        self._owner = me
        self._depth = 1

    def leave(self):
        if self._owner != get_ident():
            raise RuntimeError("not the owner")
        self._depth -= 1  # ok: nonatomic-update
        if not self._depth:  # ok: torn-pair
            self._owner = None
            self._block.release()

    def enter_again(self, kept):
        self._block.acquire()
        self._depth, self._owner = kept


class Turnstile:
    """Whoever came last is named without a lock, which says nothing."""

    def __init__(self):
        self._last = None
        self.again = 0

    def pass_through(self):
        if self._last == get_ident():
            self.again += 1  # expect: nonatomic-update
        self._last = get_ident()


def work(gate, turnstile):
    for _ in range(100):
        gate.enter()
        gate.leave()
        turnstile.pass_through()
    print(gate.waits, turnstile.again)


def main(number):
    gate = Gate()
    turnstile = Turnstile()
    for _ in range(number):
        threading.Thread(target=work, args=(gate, turnstile)).start()
