"""Runs the drivers of a finding under a controlled scheduler: the child process behind `heddle prove`.

`python heddle_prove.py REQUEST ANSWER`, both JSON, in a folder of its own that is thrown away. A driver is a test file with the
functions `make`, `calls` and `check`; several are tried, the first that shows something wins. An exception or a cycle of locks
that no serial order of the calls gives is an answer; another result or state is a question. Nothing is ever called proven.
"""
import json
import os
import sys
import tempfile
import time
import types
import unittest.mock
import urllib.request

import containment
import loading
from arguments import filled, fitted, with_words
from outcomes import Oracle

#: Most runs that may go into the search for the arguments of a driver, and of all; and most drivers that are searched then.
_FITTING = 100
_FITTING_ALL = 900
_SEARCHED = 6
#: Drivers that come to all places of the finding: there is no need for more.
_ENOUGH = 2
ENGINES = ("interleave", "frontrun")
OWN = "arguments", "containment", "engine_frontrun", "engine_interleave", "loading", "observed", "outcomes", "scene", "strategies"


class Budget:
    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())


class Runs:
    """A bound that is the same on every machine."""

    def __init__(self, most, budget):
        self._left, self._budget = most, budget

    def spend(self):
        self._left -= 1
        if isinstance(self._budget, Runs):
            self._budget.spend()

    def left(self):
        return self._left if self._budget.left() > 0 else 0


class Driver:
    """A test file as a module: how to make the object, what to call, what must hold."""

    def __init__(self, text, path, project):
        self.text = text
        self._code, self.path = compile(text, path, "exec"), path
        self._project = project
        self.namespace = {}

    def load(self):
        """The functions of the file, and the project's modules, as if nothing had been imported yet."""
        unittest.mock.patch.stopall()
        loading.forget(self._project)
        module = types.ModuleType("heddle_driver")
        module.__file__ = self.path
        exec(self._code, module.__dict__)
        self.namespace = module.__dict__

    def make(self):
        return self.namespace["make"]()

    def calls(self, subject):
        return self.namespace["calls"](subject)

    def prepare(self, subject):
        action = self.namespace.get("prepare")
        if action is not None:
            action(subject)

    def check(self, subject, results):
        self.namespace["check"](subject, results)

    @property
    def whole(self):
        """The driver runs a program that starts its threads itself: it is over when they are."""
        return bool(self.namespace.get("WHOLE_PROGRAM"))


def engine_for(request):
    wanted = [request["engine"]] if "engine" in request else ENGINES
    for name in wanted:
        try:
            if name == "interleave" and sys.version_info >= (3, 12):
                from engine_interleave import Engine
            elif name == "frontrun":
                from engine_frontrun import Engine
            else:
                continue
            return Engine(request)
        except ImportError:
            continue
    return None


def run(request, engine):
    if engine is None:
        version = ".".join(map(str, sys.version_info[:3]))
        return {"verdict": "inconclusive", "engine": False, "says": f"Python {version} has no engine: Python 3.12 or newer is needed, or frontrun on 3.10 and 3.11"}
    budget = Budget(request.get("seconds", 30))
    troubles, drivers, fitting = [], [], Runs(_FITTING_ALL, budget)
    for index, given in enumerate(request["drivers"]):
        try:
            compile(given["text"], given["path"], "exec")
        except SyntaxError as error:
            troubles.append(f"the test file does not compile: {error}")
            continue
        fits = fit(engine, given, request, fitting, enough=sum(one[4] for one in drivers) >= _ENOUGH)
        drivers.append((index, *fits))
    # Those that come to all places of the finding first, else in the order of the analyser.
    drivers.sort(key=lambda one: (-one[4], -one[3]))
    question, holding, asked = None, [], 0
    for index, driver, values, _, _ in drivers[:_SEARCHED]:
        if budget.left() < 0.3 or (question is not None and asked >= 2):
            break
        found = search(engine, driver, request["drivers"][index], request, budget, quick=len(drivers) > 1)
        found.update(driver=index, values=values)
        asked += question is not None
        if found["verdict"] == "breaks":
            return found
        if found["verdict"] == "question":
            question = question or found
        elif found["verdict"] == "holds":
            holding.append((driver, request["drivers"][index], found))
        else:
            troubles.append(found["says"])
    if question is not None:
        return question
    for driver, given, found in holding[:1]:
        again = search(engine, driver, given, request, budget, quick=False) if budget.left() > 2 else found
        again.update(driver=found["driver"], values=found["values"])
        if again["verdict"] in ("breaks", "question"):
            return again
        holding[0][2].update(again if found is holding[0][2] and again["verdict"] == "holds" else {})
    if holding:
        return holding[0][2]
    says = troubles[0] if troubles else "no way was found to call the code"
    return {"verdict": "inconclusive", "says": says}


def fit(engine, given, request, budget, enough):
    """The driver with the arguments that lead to the places of the finding, these, how many of the places it comes to, and whether to all."""
    path, project = given["path"], request["project"]
    witness = given.get("witness", [])
    choices = with_words(given.get("choices") or [], dict.fromkeys(step["file"] for step in witness))

    def driver_with(values):
        return Driver(filled(given["template"], values) if choices else given["text"], path, project)

    if not hasattr(engine, "reached"):
        return driver_with([options[0] for options in choices]), [options[0] for options in choices], 0, False
    if enough:
        choices = [options[:1] for options in choices]
    return fitted(
        choices, driver_with, lambda driver: engine.reached(driver, witness),
        Runs(_FITTING, budget),
    )


def search(engine, driver, given, request, budget, quick):
    return engine.search(driver, Oracle(request["project"], given.get("standstill", False)), budget, given.get("witness", []), quick)


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        request = json.load(source)
    for path in reversed(request["roots"]):
        sys.path.insert(0, path)
    sys.dont_write_bytecode = True
    engine = engine_for(request)
    for name in OWN:
        sys.modules.pop(name, None)  # A module of the project may have the same name.
    loading.install(request["project"], request["roots"])
    containment.limit_memory(request.get("memory", 2_000_000_000))
    tempfile.tempdir = os.getcwd()
    containment.install(os.getcwd(), request.get("contained", True))
    answer = run(request, engine)
    answer["python"] = ".".join(map(str, sys.version_info[:3]))
    answer["missing"] = sorted(loading.STOOD_IN)
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        json.dump(answer, target)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
