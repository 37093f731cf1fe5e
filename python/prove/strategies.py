"""The orders in which the search tries interleavings: that of the finding's witness, around its places, at random; those of a plan of
switches; and where the GIL can be passed on.
"""
import dis
import random

import interleave_test as it
import interleave_test._scheduler as scheduling

_lines = {}
_names = {}


def line_for_offset(code, offset):
    """Asked at every step, so each code object is read once."""
    known = _lines.get(code)
    if known is None:
        known = _lines[code] = {}
        for start, end, line in code.co_lines():
            known.update(dict.fromkeys(range(start, end, 2), line or code.co_firstlineno))
    return known.get(offset, code.co_firstlineno)


scheduling._line_for_offset = line_for_offset


def instructions_of(code):
    """The name of each instruction by its offset."""
    if code not in _names:
        _names[code] = {one.offset: one.opname for one in dis.get_instructions(code)}
    return _names[code]


def key_of(runnable, current, steps):
    if current is None:
        return "blocked", tuple(one.tid for one in runnable), steps.get("blocked", 0)
    return current.tid, steps.get(current.tid, 0)


def count(current, steps):
    key = "blocked" if current is None else current.tid
    steps[key] = steps.get(key, 0) + 1


class Planned(it.Strategy):
    """Runs the current thread on but for the switches of a plan."""

    def __init__(self, plan):
        self._plan = plan

    def begin(self, iteration, seed):
        self._steps = {}

    def pick(self, runnable, current, index):
        wanted = self._plan.get(key_of(runnable, current, self._steps))
        count(current, self._steps)
        return next((one for one in runnable if one.tid == wanted), current or runnable[0])


class AnyOrder(it.Strategy):
    """One thread after the other, in an order at random: who runs goes on as long as it can."""

    def __init__(self, number):
        self._number = number

    def begin(self, iteration, seed):
        self._random = random.Random(3_000_017 + self._number)

    def pick(self, runnable, current, index):
        return current or self._random.choice(runnable)


class InTurns(it.Strategy):
    """One thread after the other, as they may take turns between the rounds of the loop that each goes through: a round is a unit, and how
    many a thread has gone through when another goes on is no matter of a race.
    """

    #: Whether there was a round after which another thread could have its turn.
    rounds = False

    def __init__(self, number):
        self._number = number

    def begin(self, iteration, seed):
        self._random = random.Random(5_000_011 + self._number)
        self._last, self._entries = {}, {}

    def pick(self, runnable, current, index):
        chosen = current
        ended = current is not None and self._ended_round(current)
        self.rounds = self.rounds or ended
        if current is None or (ended and self._random.random() < 0.5):
            chosen = self._random.choice(runnable)
        self.observe(chosen, index)
        return chosen

    def observe(self, chosen, index):
        where = chosen.last_location
        self._last[chosen.tid] = where
        if isinstance(where, tuple):
            self._entries.setdefault(chosen.tid, where[1])

    def _ended_round(self, current):
        done = self._last.get(current.tid)
        if not isinstance(done, tuple) or done[1] is not self._entries.get(current.tid):
            return False
        return instructions_of(done[1]).get(done[2], "").startswith("JUMP_BACKWARD")


class Mixed(it.Strategy):
    """Uniform random and PCT (depth 3) in turn."""

    def __init__(self):
        self._both, self._count = (it.RandomStrategy(), it.PCTStrategy(3)), 0

    def begin(self, iteration, seed):
        self._one = self._both[self._count % 2]
        self._one.begin(self._count, 1_000_003 + self._count)
        self._count += 1

    def pick(self, runnable, current, index):
        return self._one.pick(runnable, current, index)

    def end(self):
        self._one.end()


class WitnessFirst(it.Strategy):
    """Lets the threads pass the lines of the finding's witness in its order, as far as they come by. Which thread of the run is which of
    the witness shows when it comes to a step.
    """

    def __init__(self, witness, most):
        self._steps, self._runs, self._most = witness, 0, most

    def more(self):
        return len(self._steps) > 0 and self._runs < self._most

    def begin(self, iteration, seed):
        self._at, self._runs, self._on, self._bound = 0, self._runs + 1, False, {}
        # Every second time with the threads in the other role; after the first two with a switch a little later on the line.
        self._last_first, self._late = self._runs % 2 == 0, self._runs > 2
        self._random = random.Random(self._runs)

    def pick(self, runnable, current, index):
        while self._at < len(self._steps):
            step = self._steps[self._at]
            chosen = self._for_step(step, runnable, current)
            if chosen is None:
                break
            on = is_at(chosen, step["file"], step["line"])
            if on:
                self._bound.setdefault(step["thread"], chosen.tid)
            if self._on and (not on or (self._late and self._random.random() < 0.3)):
                self._at, self._on = self._at + 1, False
                continue
            self._on = on
            return chosen
        return current or runnable[0]

    def _for_step(self, step, runnable, current):
        """Whom to run so that a thread comes to the step: who it is, else one of whom it is not known; the thread that made them last."""
        wanted = self._bound.get(step["thread"])
        if wanted is not None:
            return next((one for one in runnable if one.tid == wanted), None)
        free = [one for one in runnable if one.tid not in self._bound.values()]
        there = next((one for one in free if is_at(one, step["file"], step["line"])), None)
        if there is not None or not free:
            return there
        made = [one for one in free if one.tid > 0]
        if current in made:
            return current
        return (made[-1] if self._last_first else made[0]) if made else free[0]


class NearThePlaces(it.Strategy):
    """Switches at random while a thread is on a line of the finding, hardly ever elsewhere."""

    def __init__(self, witness):
        self._places, self._runs = {(step["file"], step["line"]) for step in witness}, 0

    def begin(self, iteration, seed):
        self._runs += 1
        self._random = random.Random(7_000_003 + self._runs)

    def pick(self, runnable, current, index):
        if current is None:
            return self._random.choice(runnable)
        here = place_of(current)
        return self._random.choice(runnable) if self._random.random() < (0.25 if here in self._places else 0.01) else current


def place_of(thread):
    where = thread.last_location
    return (where[1].co_filename, line_for_offset(where[1], where[2])) if isinstance(where, tuple) else None


def is_at(thread, file, line):
    return place_of(thread) == (file, line)


_POLLING = ("CALL", "CALL_KW", "CALL_FUNCTION_EX", "RESUME", "JUMP_BACKWARD")


class WhereTheGilCan(it.Strategy):
    """Lets another strategy preempt only behind an instruction that looks at the eval breaker, or at a lock."""

    def __init__(self, inner):
        self._inner = inner

    def begin(self, iteration, seed):
        self._last = {}
        self._inner.begin(iteration, seed)

    def end(self):
        self._inner.end()

    def pick(self, runnable, current, index):
        chosen = self._inner.pick(runnable, current, index)
        if current is not None and chosen is not current and not self._may_switch(current):
            chosen = current
        self.observe(chosen, index)
        return chosen

    def observe(self, chosen, index):
        self._last[chosen.tid] = chosen.last_location

    def _may_switch(self, current):
        done, here = self._last.get(current.tid), current.last_location
        if not isinstance(done, tuple) or not isinstance(here, tuple):
            return True
        _, code, offset = done
        return here[1] is not code or instructions_of(code).get(offset) in _POLLING
