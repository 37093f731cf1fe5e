"""Searches with `interleave-test`: serial orders first, then the order of the finding's witness, few preemptions, and at random; a
failure is shrunk to the switches that it needs and tried again with switches only where the GIL can be passed on.
"""
import concurrent.futures.thread as pool_threads
import gc
import linecache
import os
import re
import sys

import interleave_test as it
import interleave_test._scheduler as scheduling

from observed import Observed
from outcomes import difference
from scene import Replaced, is_cycle, until_nobody_goes_on
from strategies import AnyOrder, InTurns, Mixed, NearThePlaces, Planned, WhereTheGilCan, WitnessFirst, count, key_of, line_for_offset

_SERIAL_ORDERS = 24
_AGAIN = 6
#: Runs in which the threads take turns between the rounds of their loops, before a state is asked about.
_TURNS = 60
#: Most runs in the order of the finding, near its places, with one switch, and at random: at first, and where nothing else was found.
_QUICK = 16, 60, 100, 40
_THOROUGH = 16, 100, 300, 150
#: What ends a run that would not end: steps, and seconds where it waits for something that is not under control.
_MOST_STEPS = 30_000
_HANG = 8.0
_SHRINKING = 60
_WITH_THE_GIL = 100


class Standstill(Exception):
    """Threads of the program wait for each other, though its calls have returned."""


class Endless(BaseException):
    """A run that goes on and on."""


class Finished(Exception):
    """Ends a run whose calls have returned while threads of the program still wait for work."""


class Run:
    def __init__(self):
        self.subject, self.results, self.raised, self.errors, self.count = None, {}, {}, [], 0
        self.calls = ()
        self.tracebacks = {}
        self.outcome = None
        self.waits = ""
        self.checked = None


class Engine:
    name = "interleave-test"

    def __init__(self, request):
        self._may_wait = False
        self._project = os.path.realpath(request["project"])
        sys.unraisablehook = lambda *_: None
        # A coroutine or generator left over from a failed run must not be finalised inside the scheduler, whose lock it may want.
        gc.disable()
        gc.freeze()

    # -- one run ------------------------------------------------------- #

    def _model(self, driver, oracle):
        def model():
            run = self._run = Run()
            with it.no_interleave():
                gc.collect()
                pool_threads._global_shutdown_lock = it.Lock()
                driver.load()
                run.subject = driver.make()
                driver.prepare(run.subject)
                calls = driver.calls(run.subject)
            run.calls, run.count = calls, len(calls)
            tasks = [it.spawn(self._guarded(run, index, call), name=f"thread {index + 1}") for index, call in enumerate(calls)]
            run.waits = until_nobody_goes_on(tasks, driver.whole)
            if is_cycle(run.waits):
                raise Standstill(run.waits)
            with it.no_interleave():
                run.outcome = None if oracle is None else oracle.outcome(run)
                if oracle is not None and not run.raised and not run.errors and len(run.results) == run.count:
                    try:
                        driver.check(run.subject, [run.results[index] for index in range(run.count)])
                    except AssertionError as error:
                        run.checked = str(error) or "the check of the test does not hold"
            raise Finished()

        return model

    def _run_now(self):
        return self._run

    @staticmethod
    def _guarded(run, index, call):
        def guarded():
            try:
                run.results[index] = call()
            except Exception as error:
                run.raised[index] = type(error).__name__
                run.tracebacks[index] = error
        return guarded

    def _once(self, driver, oracle, strategy, observing=False):
        """One run: `ok`, `deadlock`, `hang` or `broken` (the driver itself failed)."""
        self._run = Run()
        strategy = Recorder(strategy, self._project, driver.path, observing)
        with Replaced(self._run_now):
            result = it.explore(
                self._model(driver, oracle), iterations=1, seed=1, strategy=strategy, include=[self._project], exclude=[driver.path],
                timeout=_HANG, raise_on_failure=False,
            )
        failure = result.failure
        if failure is None or isinstance(failure.exception, Finished):
            return "ok", strategy, ""
        if isinstance(failure.exception, Standstill):
            return "deadlock", strategy, str(failure.exception)
        if failure.kind == "deadlock":
            return "deadlock", strategy, failure.details or ""
        if failure.kind == "hang" or isinstance(failure.exception, Endless):
            return "hang", strategy, ""
        error = failure.exception
        if isinstance(error, it.ReplayDivergence):
            return "diverged", strategy, ""
        return "broken", strategy, f"{type(error).__name__}: {error}"

    # -- the arguments ------------------------------------------------- #

    def reached(self, driver, witness):
        """How far a serial run comes: places of the witness, then lines and calls that raise nothing; and whether that is all one can ask for."""
        wanted = {(step["file"], step["line"]) for step in witness}
        strategy = it.DFSStrategy(max_preemptions=0)
        strategy.more()
        status, recorder, _ = self._once(driver, None, strategy)
        lines = recorder.lines
        run = self._run
        ended = run.count - len(run.raised) - len(run.errors) if status in ("ok", "deadlock") else -1
        return (len(lines & wanted), 3 * ended + len(lines)), wanted <= lines and ended == run.count

    # -- the search ---------------------------------------------------- #

    def search(self, driver, oracle, budget, witness, quick):
        serial = it.DFSStrategy(max_preemptions=0)
        self._reached, self._serial_lines, waits, orders = set(), set(), None, 0
        gave = set()
        while orders < _SERIAL_ORDERS and serial.more() and budget.left() > 0:
            status, recorder, says = self._once(driver, oracle, serial)
            self._reached |= recorder.lines
            self._serial_lines |= recorder.lines
            orders += 1
            if status == "diverged":
                break
            if status == "hang":
                return _inconclusive("a call does not return: it waits for something outside the program, or never ends")
            if status == "broken":
                return _inconclusive(says)
            if status == "deadlock":
                waits = says
                continue
            first = self._run.outcome
            if self._run.checked is not None:
                return _inconclusive("the check of the test does not hold when the calls run one after the other either")
            gave.update(index for index in range(self._run.count) if index not in self._run.raised)
            raised = self._run.tracebacks
            oracle.learn(first, first)
        if waits is not None and not oracle.serial:
            if is_cycle(waits):
                return self._deadlock(waits, 1, "serial", [])
            return _inconclusive("the calls wait for something that nobody does")
        if not oracle.serial:
            return _inconclusive("no serial order of the calls came to an end in time")
        if self._run.count > 0 and len(gave) < self._run.count and raised:
            error = next(iter(raised.values()))
            return _inconclusive(f"a call never gets through: {type(error).__name__}: {error}")
        #: A call that waits for ever in a serial order may do so in others.
        self._may_wait = waits is not None
        #: Where not all serial orders were run, a result that none of them gives says nothing.
        self._all_orders = status != "diverged" and not serial.more() or self._seen_enough(driver, oracle, budget)
        if self._all_orders:
            self._again(driver, oracle, min(orders, _AGAIN), budget)
        found = self._interleaved(driver, oracle, budget, witness, _QUICK if quick else _THOROUGH)
        found["allowed"] = sorted({name for pattern in oracle.serial for name in oracle.exceptions(pattern)})
        return found

    def _seen_enough(self, driver, oracle, budget):
        """Of more orders than can be run, as many at random: whether they come to nothing new."""
        for index in range(_SERIAL_ORDERS):
            if budget.left() <= 0:
                return False
            status, _, _ = self._once(driver, oracle, AnyOrder(index))
            if status != "ok" or not oracle.fits(self._run.outcome):
                return False
        return True

    def _again(self, driver, oracle, orders, budget):
        """The serial orders once more: where they differ from themselves nothing is compared."""
        strategy, learned, index = it.DFSStrategy(max_preemptions=0), list(oracle.serial), 0
        oracle.serial = []
        for _ in range(orders):
            if not strategy.more() or index >= len(learned):
                break
            status, _, _ = self._once(driver, oracle, strategy)
            if status == "ok":
                oracle.learn(learned[index], self._run.outcome)
                index += 1
        oracle.serial += learned[index:]

    def _interleaved(self, driver, oracle, budget, witness, most_runs):
        question, ran = None, {}
        phases = [
            ("in the order of the finding", WitnessFirst(witness, most_runs[0]), most_runs[0]),
            ("near its places", NearThePlaces(witness), most_runs[1] if witness else 0),
            ("with one switch", it.DFSStrategy(max_preemptions=1), most_runs[2]),
            ("at random", Mixed(), most_runs[3]),
        ]
        hangs, schedule, asked = 0, 0, 0
        self._turns = 0
        exhausted = False
        for name, strategy, most in phases:
            ran[name] = 0
            while ran[name] < most and strategy.more() is not False and budget.left() > 0:
                status, recorder, says = self._once(driver, oracle, strategy)
                self._reached |= recorder.lines
                ran[name] += 1
                schedule += 1
                if status == "diverged":
                    break
                if status in ("hang", "broken"):
                    hangs += 1
                    if hangs > 1:
                        return question or _inconclusive(says or "a run does not come to an end")
                    continue
                found = self._judged(status, says, oracle, schedule, name, recorder)
                if found is None or (found["verdict"] == "question" and question is None and self._in_turns(driver, oracle, budget)):
                    continue
                if question is not None and found["verdict"] == "question":
                    if schedule > asked + 40:
                        return self._with_gil(driver, oracle, budget, question)
                    continue
                if found["verdict"] == "breaks" or question is None:
                    found = self._shrunk(driver, oracle, recorder, found, budget)
                if found["verdict"] == "breaks":
                    return self._with_gil(driver, oracle, budget, found)
                question, asked = found, schedule
            exhausted = exhausted or (name == "with one switch" and not strategy.more())
        if question is not None:
            return self._with_gil(driver, oracle, budget, question)
        one = ran.get("with one switch", 0)
        if one == 0:
            return _inconclusive("there was no time for a single interleaving")
        ended = "all " if exhausted else ""
        rest = ran.get("at random", 0) + ran.get("near its places", 0)
        never = [step["line"] for step in witness if (step["file"], step["line"]) not in self._reached]
        if never:
            return _inconclusive(f"the calls never come to line {never[0]}")
        return {
            "verdict": "holds",
            "says": f"no failure in {ended}{one} interleavings with one switch, nor in {rest} random ones",
        }

    def _in_turns(self, driver, oracle, budget):
        """Whether the threads come to the outcome of this run also where they take turns between the rounds of their loops only."""
        outcome = self._run.outcome
        while not oracle.fits(outcome) and self._turns < _TURNS and budget.left() > 0:
            turns, again = InTurns(self._turns), InTurns(self._turns)
            status, _, _ = self._once(driver, oracle, turns)
            self._turns = self._turns + 1 if turns.rounds else _TURNS
            first = self._run.outcome
            if status != "ok" or oracle.fits(first):
                continue
            status, _, _ = self._once(driver, oracle, again)
            if status == "ok":
                oracle.learn(first, self._run.outcome)
        return oracle.fits(outcome)

    def _judged(self, status, says, oracle, schedule, how, recorder):
        run = self._run
        if status == "deadlock":
            waiting = is_cycle(says) or (run.outcome is None and len(run.results) + len(run.raised) < max(1, run.count))
            if not waiting or self._may_wait:
                return None
            return self._deadlock(says, schedule, how, recorder.rows)
        outcome = run.outcome
        if outcome is None:
            return None
        anew = oracle.raises_anew(outcome)
        if anew:
            error = next((e for e in run.tracebacks.values() if type(e).__name__ == anew[0]), None)
            if not self._is_of_the_order(error):
                return None
            return {
                "verdict": "breaks", "kind": "exception", "says": f"{anew[0]}: {_shortened(str(error))}".rstrip(": "),
                "schedule": schedule, "how": how, "rows": recorder.rows, "where": _place_of(error, self._project), "line": None,
            }
        if self._all_orders and oracle.waits_anew(outcome):
            return self._deadlock(run.waits, schedule, how, recorder.rows)
        if run.checked is not None:
            return {"verdict": "breaks", "kind": "check", "says": run.checked, "schedule": schedule, "how": how, "rows": recorder.rows, "line": None}
        if not self._all_orders or oracle.fits(outcome):
            return None
        return {"verdict": "question", "kind": "state", "schedule": schedule, "how": how, "rows": recorder.rows, **difference(oracle, outcome, run)}

    def _is_of_the_order(self, error):
        """Whether the order of the threads is why it was raised: its line raises nothing in a serial order, or says `raise` itself. An argument
        that fits nowhere raises wherever it comes to.
        """
        place = _place_of(error, self._project)
        if place is None:
            return False
        text = linecache.getline(place["file"], place["line"]).strip()
        return (place["file"], place["line"]) in self._serial_lines or text.startswith(("raise", "assert"))

    @staticmethod
    def _deadlock(says, schedule, how, rows):
        names = dict(re.findall(r"(T\d+)\((.*?)\)", says))
        waits = [
            f"{me} waits for a lock that {holder} holds, at {place}" if me != holder else f"{me} waits for a lock that it holds itself, at {place}"
            for me, holder, place in re.findall(r"T\d+\((.*?)\).*?held by T\d+\((.*?)\).*? at (\S+)", says)
        ]
        if not waits:
            stuck = [names[one] for one in re.findall(r"(T\d+)\(.*?blocked on", says) if names.get(one) not in (None, "model")]
            waits = [f"{one} waits for what nobody does any more" for one in stuck]
        return {
            "verdict": "breaks", "kind": "deadlock", "says": f"a deadlock: {'; '.join(waits)}"[:400],
            "schedule": schedule, "how": how, "rows": rows, "line": None,
        }

    def _shrunk(self, driver, oracle, recorder, found, budget):
        """Drops switches, halves first, as long as the run still fails in the same way."""
        plan, runs = dict(recorder.plan), 0
        best, size = found, max(1, len(plan) // 2)
        while plan and runs < _SHRINKING and budget.left() > 0:
            shorter = False
            for start in range(0, len(plan), size):
                dropped, runs = set(list(plan)[start : start + size]), runs + 1
                status, trial, says = self._once(driver, oracle, Planned({k: v for k, v in plan.items() if k not in dropped}))
                again = self._judged(status, says, oracle, found["schedule"], found["how"], trial) if status in ("ok", "deadlock") else None
                if again is not None and (again["verdict"], again["kind"]) == (found["verdict"], found["kind"]) and len(trial.plan) < len(plan):
                    best, plan, shorter = again, dict(trial.plan), True
                    break
                if runs >= _SHRINKING:
                    break
            if not shorter:
                if size == 1:
                    break
                size = max(1, size // 2)
        best["switches"] = len(plan)
        status, trial, says = self._once(driver, oracle, Planned(plan), observing=True)
        again = self._judged(status, says, oracle, found["schedule"], found["how"], trial) if status in ("ok", "deadlock") else None
        if again is not None and again["says"] == best["says"]:
            best["rows"] = trial.rows
        return best

    def _with_gil(self, driver, oracle, budget, found):
        """The same failure with switches only where CPython passes the GIL on?"""
        strategy = WhereTheGilCan(Mixed())
        found["gil"] = False
        for _ in range(_WITH_THE_GIL):
            if budget.left() <= 0:
                break
            status, recorder, says = self._once(driver, oracle, strategy)
            again = self._judged(status, says, oracle, 0, "", recorder) if status in ("ok", "deadlock") else None
            if again is not None and again["kind"] == found["kind"]:
                found["gil"] = True
                break
        return found


def _inconclusive(says):
    return {"verdict": "inconclusive", "says": says}


def _shortened(text):
    return text if len(text) <= 200 else text[:199] + "…"


def _place_of(error, project):
    place = None
    trace = getattr(error, "__traceback__", None)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(project + os.sep):
            place = {"file": trace.tb_frame.f_code.co_filename, "line": trace.tb_lineno}
        trace = trace.tb_next
    return place


class Recorder(it.Strategy):
    """Hands every decision on; notes what ran where, and the switches as a plan."""

    def __init__(self, inner, project, driver, observing):
        self._inner, self._project, self._driver, self._observing = inner, project + os.sep, driver, observing

    def more(self):
        return self._inner.more()

    @property
    def exhausted(self):
        return self._inner.exhausted

    def begin(self, iteration, seed):
        self.rows, self.plan, self.lines, self._steps, self._seen, self._count = [], {}, set(), {}, {}, 0
        self._inner.begin(iteration, seed)

    def end(self):
        self._inner.end()

    def pick(self, runnable, current, index):
        self._look(current)
        chosen = self._inner.pick(runnable, current, index)
        key = key_of(runnable, current, self._steps)
        if chosen is not (current or runnable[0]):
            self.plan[key] = chosen.tid
        count(current, self._steps)
        self._note(chosen)
        return chosen

    def observe(self, chosen, index):
        observe = getattr(self._inner, "observe", None)
        if observe is not None:
            observe(chosen, index)
        self._look(chosen)
        self._note(chosen)

    def _look(self, thread):
        """What the thread has made of the values in its line, before another may change them."""
        if thread is not None and thread.tid in self._seen:
            self._seen[thread.tid].look(thread)

    def _note(self, chosen):
        self._count += 1
        if self._count > _MOST_STEPS:
            raise Endless()
        where = chosen.last_location
        if not isinstance(where, tuple):
            return
        _, code, offset = where
        if not code.co_filename.startswith(self._project) or code.co_filename == self._driver:
            return
        line = line_for_offset(code, offset)
        row = {"thread": chosen.name, "file": code.co_filename, "line": line, "function": code.co_qualname}
        last = self.rows[-1] if self.rows else {}
        if any(last.get(key) != value for key, value in row.items()):
            self.lines.add((code.co_filename, line))
            if self._observing:
                self._seen[chosen.tid] = Observed(chosen, code, line)
                row["values"] = self._seen[chosen.tid].values
            self.rows.append(row)
        if len(self.rows) > 4000:
            del self.rows[:2000]
