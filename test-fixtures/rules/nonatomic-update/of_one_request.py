"""What a context variable gives belongs to one request; its default, and what all put into it, do not."""
import threading
from contextvars import ContextVar


class Trace:
    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1  # ok: nonatomic-update


class Tally:
    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1  # fn: nonatomic-update


class Board:
    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1  # expect: nonatomic-update


_trace: ContextVar[Trace] = ContextVar("trace", default=None)
_tally: ContextVar[Tally] = ContextVar("tally", default=Tally())
_board: ContextVar[Board] = ContextVar("board")
_all = Board()


def trace() -> Trace:
    found = _trace.get()
    if found is None:
        found = Trace()
        _trace.set(found)
    return found


def tally() -> Tally:
    return _tally.get()


def board() -> Board:
    found = _board.get()
    if found is None:
        found = Board()
    return found


def work():
    _board.set(_all)
    trace().step()
    tally().step()
    board().step()


for _ in range(4):
    threading.Thread(target=work).start()


class Baton:
    def __init__(self):
        self.steps = 0

    def step(self):
        self.steps += 1  # ok: nonatomic-update


_baton: ContextVar[Baton] = ContextVar("baton")
_spare: ContextVar[Baton] = ContextVar("spare")


def put_back():
    _baton.set(Baton())
    held = _baton.get()
    _baton.set(held)
    _spare.set(_baton.get())
    _baton.set(_spare.get())
    held.step()
    held.steps += 1  # fp: nonatomic-update


for _ in range(4):
    threading.Thread(target=put_back).start()
