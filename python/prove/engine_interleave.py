"""Searches with `interleave-test`: serial orders first, then the order of the finding's witness, few preemptions, and at random; a
failure is shrunk to the switches that it needs and tried again with switches only where the GIL can be passed on.
"""
import concurrent.futures.thread as pool_threads
import dis
import gc
import os
import random
import re
import sys
import threading
import time
from types import SimpleNamespace

import interleave_test as it
import interleave_test._primitives as primitives
import interleave_test._scheduler as scheduling

from observed import Observed
from outcomes import difference

_SERIAL_ORDERS = 24
#: Most runs with one switch and at random: at first, and where nothing else was found.
_QUICK = 150, 40
_THOROUGH = 1000, 1000
_HANG = 3.0
_SHRINKING = 3.0


class Finished(Exception):
    """Ends a run whose calls have returned while threads of the program still wait for work."""


class Run:
    def __init__(self):
        self.subject, self.results, self.raised, self.errors, self.count = None, {}, {}, [], 0
        self.calls = ()
        self.tracebacks = {}
        self.outcome = None
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
            for task in tasks:
                task.join()
            if driver.whole:
                for thread in list(self._started):
                    if not thread.daemon and thread is not primitives:
                        thread.join()
            with it.no_interleave():
                run.outcome = None if oracle is None else oracle.outcome(run)
                if oracle is not None and not run.raised and not run.errors:
                    try:
                        driver.check(run.subject, [run.results[index] for index in range(run.count)])
                    except AssertionError as error:
                        run.checked = str(error) or "the check of the test does not hold"
            raise Finished()

        return model

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
        self._run, self._started = Run(), []
        strategy = Recorder(strategy, self._project, driver.path, observing)
        with self._replaced():
            result = it.explore(
                self._model(driver, oracle), iterations=1, seed=1, strategy=strategy, include=[self._project], exclude=[driver.path],
                timeout=_HANG, raise_on_failure=False,
            )
        failure = result.failure
        if failure is None or isinstance(failure.exception, Finished):
            return "ok", strategy, ""
        if failure.kind == "deadlock":
            return "deadlock", strategy, failure.details or ""
        if failure.kind == "hang":
            return "hang", strategy, ""
        error = failure.exception
        return "broken", strategy, f"{type(error).__name__}: {error}"

    def _replaced(self):
        engine = self

        class Replaced:
            def __enter__(self):
                self.kept = threading.current_thread, threading.Timer, pool_threads._global_shutdown_lock, primitives.Thread.start
                threading.current_thread, threading.Timer = _current_thread, Timer

                def start(thread):
                    engine._started.append(thread)
                    target = thread.run
                    run = engine._run

                    def guarded():
                        try:
                            target()
                        except Exception as error:
                            run.errors.append(type(error).__name__)
                            run.tracebacks[len(run.tracebacks) + 100] = error

                    thread.run = guarded
                    self.kept[3](thread)

                primitives.Thread.start = start

            def __exit__(self, *exc):
                threading.current_thread, threading.Timer, pool_threads._global_shutdown_lock, primitives.Thread.start = self.kept

        return Replaced()

    # -- the arguments ------------------------------------------------- #

    def reached(self, driver, witness):
        """How far a serial run comes: places of the witness, calls that raise nothing, lines; and whether that is all one can ask for."""
        wanted = {(step["file"], step["line"]) for step in witness}
        strategy = it.DFSStrategy(max_preemptions=0)
        strategy.more()
        status, recorder, _ = self._once(driver, None, strategy)
        lines = {(row["file"], row["line"]) for row in recorder.rows}
        run = self._run
        ended = len(run.results) - len(run.errors) if status in ("ok", "deadlock") else -1
        return (len(lines & wanted), ended, len(lines)), wanted <= lines and ended == run.count

    # -- the search ---------------------------------------------------- #

    def search(self, driver, oracle, budget, witness, quick):
        serial = it.DFSStrategy(max_preemptions=0)
        waits, orders = None, 0
        gave = set()
        deadline = min(budget.left(), 6.0)
        began = time.monotonic()
        while orders < _SERIAL_ORDERS and serial.more() and time.monotonic() - began < deadline:
            status, _, says = self._once(driver, oracle, serial)
            orders += 1
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
            if _is_cycle(waits):
                return self._deadlock(waits, 1, "serial", [])
            return _inconclusive("the calls wait for something that nobody does")
        if not oracle.serial:
            return _inconclusive("no serial order of the calls came to an end in time")
        if self._run.count > 0 and len(gave) < self._run.count:
            error = next(iter(raised.values()))
            return _inconclusive(f"a call never gets through: {type(error).__name__}: {error}")
        #: A call that waits for ever in a serial order may do so in others.
        self._may_wait = waits is not None
        self._again(driver, oracle, orders, budget)
        found = self._interleaved(driver, oracle, budget, witness, _QUICK if quick else _THOROUGH)
        found["allowed"] = sorted({name for pattern in oracle.serial for name in oracle.exceptions(pattern)})
        return found

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
            ("in the order of the finding", WitnessFirst(witness), 4),
            ("with one switch", it.DFSStrategy(max_preemptions=1), most_runs[0]),
            ("at random", Mixed(), most_runs[1]),
        ]
        hangs, schedule, asked = 0, 0, 0
        exhausted = False
        for name, strategy, most in phases:
            until = time.monotonic() + budget.left() * (0.5 if name != "at random" else 1)
            ran[name] = 0
            while ran[name] < most and strategy.more() is not False and time.monotonic() < until:
                status, recorder, says = self._once(driver, oracle, strategy)
                ran[name] += 1
                schedule += 1
                if status in ("hang", "broken"):
                    hangs += 1
                    if hangs > 1:
                        return question or _inconclusive(says or "a run does not come to an end")
                    continue
                found = self._judged(status, says, oracle, schedule, name, recorder)
                if found is None:
                    continue
                if question is not None and found["verdict"] == "question":
                    if schedule > asked + 40:
                        return self._with_gil(driver, oracle, budget, question)
                    continue
                if found["verdict"] == "breaks" or question is None:
                    found = self._shrunk(driver, oracle, recorder, found)
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
        rest = ran.get("at random", 0)
        return {
            "verdict": "holds",
            "says": f"no failure in {ended}{one} interleavings with one switch, nor in {rest} random ones",
        }

    def _judged(self, status, says, oracle, schedule, how, recorder):
        run = self._run
        if status == "deadlock":
            waiting = run.outcome is None and len(run.results) + len(run.raised) < max(1, run.count)
            if not waiting or self._may_wait:
                return None
            return self._deadlock(says, schedule, how, recorder.rows)
        outcome = run.outcome
        if outcome is None:
            return None
        anew = oracle.raises_anew(outcome)
        if anew:
            error = next((e for e in run.tracebacks.values() if type(e).__name__ == anew[0]), None)
            return {
                "verdict": "breaks", "kind": "exception", "says": f"{anew[0]}: {_shortened(str(error))}".rstrip(": "),
                "schedule": schedule, "how": how, "rows": recorder.rows, "where": _place_of(error, self._project), "line": None,
            }
        if run.checked is not None:
            return {"verdict": "breaks", "kind": "check", "says": run.checked, "schedule": schedule, "how": how, "rows": recorder.rows, "line": None}
        if oracle.fits(outcome):
            return None
        return {"verdict": "question", "kind": "state", "schedule": schedule, "how": how, "rows": recorder.rows, **difference(oracle, outcome, run)}

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

    def _shrunk(self, driver, oracle, recorder, found):
        """Drops switches, halves first, as long as the run still fails in the same way."""
        plan, until = dict(recorder.plan), time.monotonic() + _SHRINKING
        best, size = found, max(1, len(plan) // 2)
        while plan and time.monotonic() < until:
            shorter = False
            for start in range(0, len(plan), size):
                dropped = set(list(plan)[start : start + size])
                status, trial, says = self._once(driver, oracle, Planned({k: v for k, v in plan.items() if k not in dropped}))
                again = self._judged(status, says, oracle, found["schedule"], found["how"], trial) if status in ("ok", "deadlock") else None
                if again is not None and (again["verdict"], again["kind"]) == (found["verdict"], found["kind"]) and len(trial.plan) < len(plan):
                    best, plan, shorter = again, dict(trial.plan), True
                    break
                if time.monotonic() > until:
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
        strategy, until = WhereTheGilCan(Mixed()), time.monotonic() + min(3.0, max(1.0, budget.left()))
        found["gil"] = False
        for _ in range(400):
            if time.monotonic() > until:
                break
            status, recorder, says = self._once(driver, oracle, strategy)
            again = self._judged(status, says, oracle, 0, "", recorder) if status in ("ok", "deadlock") else None
            if again is not None and again["kind"] == found["kind"]:
                found["gil"] = True
                break
        return found


def _is_cycle(says):
    """Every lock that a thread waits for is held by a thread that waits for a lock."""
    edges = {}
    for line in says.splitlines():
        waits = re.search(r"T(\d+)\(.*?(?:held by |join\()T(\d+)", line)
        if waits is not None:
            edges[waits.group(1)] = waits.group(2)
    for start in edges:
        at, seen = start, set()
        while at in edges and at not in seen:
            seen.add(at)
            at = edges[at]
        if at in seen:
            return True
    return False


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
        self.rows, self.plan, self._steps, self._seen = [], {}, {}, {}
        self._inner.begin(iteration, seed)

    def end(self):
        self._inner.end()

    def pick(self, runnable, current, index):
        self._look(current)
        chosen = self._inner.pick(runnable, current, index)
        key = _key(runnable, current, self._steps)
        if chosen is not (current or runnable[0]):
            self.plan[key] = chosen.tid
        _count(current, self._steps)
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
        where = chosen.last_location
        if not isinstance(where, tuple):
            return
        _, code, offset = where
        if not code.co_filename.startswith(self._project) or code.co_filename == self._driver:
            return
        line = scheduling._line_for_offset(code, offset)
        row = {"thread": chosen.name, "file": code.co_filename, "line": line, "function": code.co_qualname}
        last = self.rows[-1] if self.rows else {}
        if any(last.get(key) != value for key, value in row.items()):
            if self._observing:
                self._seen[chosen.tid] = Observed(chosen, code, line)
                row["values"] = self._seen[chosen.tid].values
            self.rows.append(row)
        if len(self.rows) > 4000:
            del self.rows[:2000]


def _key(runnable, current, steps):
    if current is None:
        return "blocked", tuple(one.tid for one in runnable), steps.get("blocked", 0)
    return current.tid, steps.get(current.tid, 0)


def _count(current, steps):
    key = "blocked" if current is None else current.tid
    steps[key] = steps.get(key, 0) + 1


class Planned(it.Strategy):
    """Runs the current thread on but for the switches of a plan."""

    def __init__(self, plan):
        self._plan = plan

    def begin(self, iteration, seed):
        self._steps = {}

    def pick(self, runnable, current, index):
        wanted = self._plan.get(_key(runnable, current, self._steps))
        _count(current, self._steps)
        return next((one for one in runnable if one.tid == wanted), current or runnable[0])


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
    """Lets the threads pass the lines of the finding's witness in its order, as far as they come by."""

    def __init__(self, witness):
        self._steps, self._runs = witness, 0

    def more(self):
        return len(self._steps) > 0 and self._runs < 4

    def begin(self, iteration, seed):
        self._at, self._runs, self._on = 0, self._runs + 1, False
        # Twice with the calls in either role; then with a switch a little later on the line.
        self._swapped, self._late = self._runs % 2 == 0, self._runs > 2
        self._random = random.Random(self._runs)

    def pick(self, runnable, current, index):
        while self._at < len(self._steps):
            step = self._steps[self._at]
            thread = 1 - step["thread"] if self._swapped and step["thread"] < 2 else step["thread"]
            name = f"thread {thread + 1}"
            chosen = next((one for one in runnable if one.name == name), None)
            if chosen is None:
                break
            here = chosen.last_location
            on = isinstance(here, tuple) and scheduling._line_for_offset(here[1], here[2]) == step["line"] and here[1].co_filename == step["file"]
            if self._on and (not on or (self._late and self._random.random() < 0.3)):
                self._at, self._on = self._at + 1, False
                continue
            self._on = on
            return chosen
        return current or runnable[0]


_POLLING = ("CALL", "CALL_KW", "CALL_FUNCTION_EX", "RESUME", "JUMP_BACKWARD")
_names = {}


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
        if code not in _names:
            _names[code] = {one.offset: one.opname for one in dis.get_instructions(code)}
        return here[1] is not code or _names[code].get(offset) in _POLLING


_real_current_thread = threading.current_thread


def _current_thread():
    rec = scheduling._active.me() if scheduling._active else None
    return SimpleNamespace(name=rec.name, ident=rec.tid, daemon=True) if rec else _real_current_thread()


class Timer(primitives.Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        super().__init__(name="timer")
        self.interval, self.function, self.args, self.kwargs = interval, function, args or (), kwargs or {}
        self.finished = it.Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        self.finished.wait(self.interval)
        if not self.finished.is_set():
            self.function(*self.args, **self.kwargs)
        self.finished.set()
