"""Runs the drivers of a finding under a controlled scheduler: the child process behind `heddle prove`.

`python heddle_prove.py REQUEST ANSWER`, both JSON, in a folder of its own that is thrown away. A driver is a test file with the
functions `make`, `calls` and `check`; several are tried, the first that shows something wins. An exception or a cycle of locks
that no serial order of the calls gives is an answer; another result or state is a question. Nothing is ever called proven.
"""
import json
import os
import sys
import time
import types

import containment
import loading
from outcomes import Oracle

ENGINES = ("interleave", "frontrun")


class Budget:
    def __init__(self, seconds):
        self._end = time.monotonic() + seconds

    def left(self):
        return max(0.0, self._end - time.monotonic())


class Driver:
    """A test file as a module: how to make the object, what to call, what must hold."""

    def __init__(self, text, path, project):
        self.text = text
        self._code, self.path = compile(text, path, "exec"), path
        self._project = project
        self.namespace = {}

    def load(self):
        """The functions of the file, and the project's modules, as if nothing had been imported yet."""
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
    question, holding, troubles = None, [], []
    for index, given in enumerate(request["drivers"]):
        if budget.left() < 0.3 or (question is not None and index > question["driver"] + 2):
            break
        try:
            driver = Driver(given["text"], given["path"], request["project"])
        except SyntaxError as error:
            troubles.append(f"the test file does not compile: {error}")
            continue
        found = search(engine, driver, given, request, budget, quick=len(request["drivers"]) > 1)
        found["driver"] = index
        if found["verdict"] == "breaks":
            return found
        if found["verdict"] == "question":
            question = question or found
        elif found["verdict"] == "holds":
            holding.append((driver, given, found))
        else:
            troubles.append(found["says"])
    if question is not None:
        return question
    for driver, given, found in holding[:2]:
        again = search(engine, driver, given, request, budget, quick=False) if budget.left() > 2 else found
        again["driver"] = found["driver"]
        if again["verdict"] in ("breaks", "question"):
            return again
        holding[0][2].update(again if found is holding[0][2] and again["verdict"] == "holds" else {})
    if holding:
        return holding[0][2]
    says = troubles[0] if troubles else "no way was found to call the code"
    return {"verdict": "inconclusive", "says": says}


def search(engine, driver, given, request, budget, quick):
    seconds = min(budget.left(), 3.0 if quick else 12.0)
    return engine.search(driver, Oracle(request["project"]), Budget(seconds), given.get("witness", []), quick)


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        request = json.load(source)
    for path in reversed(request["roots"]):
        sys.path.insert(0, path)
    sys.dont_write_bytecode = True
    engine = engine_for(request)
    loading.install(request["project"], request["roots"])
    containment.limit_memory(request.get("memory", 2_000_000_000))
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
