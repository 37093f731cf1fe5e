"""Searches with `frontrun` where the user has it: for Python 3.10 and 3.11, which interleave-test does not run on. It controls the two calls
only, no threads that they start, and says less of a failure: no rows, no verdict on the GIL.
"""
import os
import threading

os.environ.setdefault("FRONTRUN_ACTIVE", "1")  # what `frontrun pytest` sets

import frontrun

from outcomes import difference

_SERIAL_SECONDS = 3.0


class Run:
    """One execution: what the calls gave, and what has become of the object."""

    def __init__(self, driver):
        driver.load()
        self.subject = driver.make()
        driver.prepare(self.subject)
        self.calls = driver.calls(self.subject)
        self.count = len(self.calls)
        self.results, self.raised, self.errors, self.tracebacks = {}, {}, [], {}

    def call(self, index):
        try:
            self.results[index] = self.calls[index]()
        except Exception as error:
            if type(error).__name__ == "SchedulerAbortError":
                raise
            self.raised[index] = type(error).__name__
            self.tracebacks[index] = error


class Engine:
    name = "frontrun"

    def __init__(self, request):
        self._found = None

    def search(self, driver, oracle, budget, witness, quick):
        for order in ((0, 1), (1, 0)):
            outcomes = [self._serial(driver, oracle, order) for _ in range(2)]
            trouble = next((one for one in outcomes if isinstance(one, str)), None)
            if trouble is not None:
                return {"verdict": "inconclusive", "says": trouble}
            oracle.learn(*outcomes)
        executed = 0
        for options in ({"preemption_bound": None, "max_executions": 500}, {"strategy": "random", "seed": 1, "max_attempts": 500, "max_ops": 600}):
            self._found = None
            result = frontrun.explore(
                lambda: Run(driver), [lambda run: run.call(0), lambda run: run.call(1)], lambda run: self._holds(driver, oracle, run),
                clock="virtual", total_timeout=max(1.0, budget.left() / 2), **options,
            )
            executed += getattr(result, "num_explored", 0) or 0
            if result.property_holds is False:
                found = self._found or {"verdict": "breaks", "kind": "deadlock", "says": "a deadlock", "line": None}
                found.update(schedule=executed, how="by frontrun")
                found["allowed"] = sorted({name for pattern in oracle.serial for name in oracle.exceptions(pattern)})
                return found
        return {"verdict": "holds", "says": f"no failure in {executed} interleavings"}

    def _serial(self, driver, oracle, order):
        """The outcome of a serial order; a clause where it has none."""
        run = Run(driver)
        if run.count != 2:
            return "frontrun runs two calls, and this driver has another number"

        def in_order():
            for index in order:
                run.call(index)

        thread = threading.Thread(target=in_order, daemon=True)
        thread.start()
        thread.join(_SERIAL_SECONDS)
        if thread.is_alive():
            return "a call does not return"
        if len(run.raised) == 2:
            return f"a call never gets through: {run.raised[0]}: {run.tracebacks[0]}"
        return oracle.outcome(run)

    def _holds(self, driver, oracle, run):
        outcome = oracle.outcome(run)
        anew = oracle.raises_anew(outcome)
        if anew:
            error = next((one for one in run.tracebacks.values() if type(one).__name__ == anew[0]), None)
            self._found = {"verdict": "breaks", "kind": "exception", "says": f"{anew[0]}: {error}".rstrip(": "), "line": None}
            return False
        if not run.raised:
            try:
                driver.check(run.subject, [run.results.get(0), run.results.get(1)])
            except AssertionError as error:
                self._found = {"verdict": "breaks", "kind": "check", "says": str(error) or "the check of the test does not hold", "line": None}
                return False
        if oracle.fits(outcome):
            return True
        self._found = {"verdict": "question", "kind": "state", **difference(oracle, outcome, run)}
        return False
