"""The oracle: what a run has come to, and whether a serial order of the same calls comes to the same.

An outcome is what each call gave or raised, which results are one object, and the state of the object and of the project's modules,
without identities. Lists count as multisets: two threads may log in either order. Where two runs of one serial order differ
(times, tokens, ports) nothing is compared.
"""
import collections
import datetime
import decimal
import enum
import fractions
import os
import pathlib
import re
import sys
import types
import uuid
from types import SimpleNamespace

ANY = ("any",)
_OPAQUE = (
    types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.GeneratorType, types.CoroutineType, type,
)
_PLAIN = (type(None), bool, int, float, complex, str, bytes)
_WRITTEN = (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, fractions.Fraction, pathlib.PurePath, uuid.UUID)
_GIVEN = "calls", "same"
_DEPTH = 12
_ITEMS = 2000


class Oracle:
    def __init__(self, project, standstill=False):
        #: Only whether a thread waits, or raises, is asked.
        self._standstill = standstill
        self._prefix = os.path.realpath(project) + os.sep
        self.serial = []

    def outcome(self, run):
        """What a run has come to; `run` has subject, results and raised per call, errors of other threads."""
        calls = tuple(
            ("raised", run.raised[index]) if index in run.raised
            else ("gave", self.state(run.results[index])) if index in run.results
            else ("waits",)
            for index in range(run.count)
        )
        own = [run.results.get(index) for index in range(run.count)]
        same = tuple(
            (a, b)
            for a in range(run.count)
            for b in range(a)
            if own[a] is own[b] and not isinstance(own[a], (*_PLAIN, tuple, frozenset))
        )
        return {
            "calls": calls,
            "same": same,
            "errors": tuple(sorted(run.errors)),
            "subject": self.state(run.subject),
            "given": tuple((name, self.state(value)) for name, value in _given(run)),
            "modules": self._modules(),
        }

    def fits(self, outcome):
        """How often an exception ends a thread that a serial order raises too is no difference of its own: what it leaves undone is. Where a
        call that returns here waits in a serial order, nothing is known of what it would have come to.
        """
        return self._standstill or any(
            _waits_instead(pattern, outcome) or all(_matches(pattern[key], outcome[key]) for key in outcome if key != "errors")
            for pattern in self.serial
        )

    def learn(self, first, again):
        """One serial order, run twice: what differs between the two is compared with nothing."""
        self.serial.append({key: _mask(first[key], again[key]) for key in first})

    def raises_anew(self, outcome):
        """The exceptions of this run that no serial order gives."""
        known = set()
        for pattern in self.serial:
            known.update(self.exceptions(pattern))
        return [name for name in self.exceptions(outcome) if name not in known]

    def waits_anew(self, outcome):
        """Whether a call of this run never returns that does in every serial order."""
        return any(
            call == ("waits",) and all(pattern["calls"] is not ANY and pattern["calls"][index] != ("waits",) for pattern in self.serial)
            for index, call in enumerate(outcome["calls"])
        )

    @staticmethod
    def exceptions(outcome):
        names = [call[1] for call in outcome["calls"] if call[0] == "raised"]
        errors = outcome["errors"]
        return names + list(errors if errors is not ANY else ())

    def _modules(self):
        found = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if not isinstance(file, str) or not file.startswith(self._prefix) or name == "__main__":
                continue
            for key, value in list(vars(module).items()):
                if key.startswith("__") or isinstance(value, (types.ModuleType, types.FunctionType)):
                    continue
                if isinstance(value, type):
                    if value.__module__ == name:
                        for attribute, held in list(vars(value).items()):
                            plain = not callable(held) and not isinstance(held, (property, staticmethod, classmethod))
                            if plain and not attribute.startswith("__"):
                                found[name, f"{key}.{attribute}"] = self.state(held)
                    continue
                found[name, key] = self.state(value)
        return tuple(sorted(found.items(), key=lambda item: item[0]))

    def _is_own(self, class_):
        module = sys.modules.get(class_.__module__)
        file = getattr(module, "__file__", None)
        return isinstance(file, str) and file.startswith(self._prefix)

    def state(self, value, seen=()):
        kind = type(value)
        name = kind.__qualname__
        if isinstance(value, enum.Enum):
            return name, value.name
        if kind in _PLAIN:
            return name, repr(value)
        if isinstance(value, _OPAQUE):
            return "opaque", getattr(value, "__name__", "")
        if isinstance(value, _WRITTEN):
            return name, str(value)
        if id(value) in seen:
            return "cycle", len(seen) - seen.index(id(value))
        if len(seen) > _DEPTH:
            return ("deep",)
        inner = seen + (id(value),)
        try:
            if isinstance(value, collections.abc.Mapping):
                pairs = [(self.state(k, inner), self.state(v, inner)) for k, v in list(value.items())[:_ITEMS]]
                return name, tuple(sorted(pairs, key=repr)), self._attributes(value, inner)
            if isinstance(value, (set, frozenset, list, collections.deque)):
                items = [self.state(item, inner) for item in list(value)[:_ITEMS]]
                return name, tuple(sorted(items, key=repr)), self._attributes(value, inner)
            if isinstance(value, tuple):
                return name, tuple(self.state(item, inner) for item in value[:_ITEMS])
            if isinstance(value, BaseException):
                return "exception", name
            if kind is SimpleNamespace or self._is_own(kind):
                return name, self._attributes(value, inner)
            if hasattr(value, "qsize") and isinstance(getattr(value, "queue", None), collections.abc.Iterable):
                return "queue", self.state(list(value.queue), inner)
        except Exception:
            return ("opaque",)
        return ("opaque",)

    def _attributes(self, value, seen):
        names = dict(getattr(value, "__dict__", None) or {})
        for class_ in type(value).__mro__:
            slots = class_.__dict__.get("__slots__", ())
            for slot in (slots,) if isinstance(slots, str) else slots:
                if hasattr(value, slot) and slot not in ("__dict__", "__weakref__"):
                    names[slot] = getattr(value, slot)
        return tuple(sorted((key, self.state(held, seen)) for key, held in names.items() if isinstance(key, str)))


def _given(run):
    """What the driver gives to the calls by name, beside the object: one thing for both threads."""
    found = {}
    for call in getattr(run, "calls", None) or ():
        for name, cell in zip(getattr(getattr(call, "__code__", None), "co_freevars", ()), getattr(call, "__closure__", None) or ()):
            if name != "subject" and not isinstance(cell.cell_contents, types.ModuleType):
                found[name] = cell.cell_contents
    return sorted(found.items())


def _waits_instead(pattern, outcome):
    return pattern["calls"] is not ANY and any(
        serial == ("waits",) and call != ("waits",) for serial, call in zip(pattern["calls"], outcome["calls"])
    )


def _mask(a, b):
    if a == b:
        return a
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(map(_mask, a, b))
    return ANY


def _matches(pattern, value):
    if pattern is ANY or pattern == value:
        return True
    if isinstance(pattern, tuple) and isinstance(value, tuple) and len(pattern) == len(value):
        return all(map(_matches, pattern, value))
    return False


def difference(oracle, outcome, run):
    """Where a run differs from every serial order: words, and a line for `check` where the right value can be written."""
    for pattern in oracle.serial:
        if all(_matches(pattern[key], outcome[key]) for key in _GIVEN):
            return _state_difference(oracle, outcome, run)
    if run.count > 1 and all(pattern["same"] for pattern in oracle.serial) and not outcome["same"]:
        return {"says": "the calls got different objects; in every serial order they get one", "line": "assert results[0] is results[1]"}
    got = [_named(run.results.get(index)) if index not in run.raised else f"a {run.raised[index]}" for index in range(run.count)]
    lines = []
    for pattern in oracle.serial:
        values = [call[1][1] for call in pattern["calls"] if call[0] == "gave" and len(call[1]) == 2 and call[1][0] in ("int", "str", "NoneType", "bool", "float")]
        if len(values) != run.count:
            lines = []
            break
        lines.append(f"[{', '.join(values)}]")
    line = f"assert results in [{', '.join(sorted(set(lines)))}]" if lines else None
    return {"says": f"the calls gave {_shortened(' and '.join(got))}", "line": line}


def _state_difference(oracle, outcome, run):
    """The first part of the state that no serial order leaves; or that none leaves which gives these results."""
    for patterns in (oracle.serial, [one for one in oracle.serial if all(_matches(one[key], outcome[key]) for key in _GIVEN)]):
        found = _part_of(patterns, outcome)
        if found is not None and patterns is oracle.serial:
            return found
        if found is not None:
            got = _shortened(" and ".join(_named(run.results.get(index)) for index in range(run.count)))
            return {"says": f"{found['says']} that gives {got}", "line": None}
    return {"says": "the state is one that no serial order leaves", "line": None}


def _part_of(patterns, outcome):
    for key, value in dict(outcome["modules"]).items():
        serial = [dict(pattern["modules"]).get(key, ANY) if pattern["modules"] is not ANY else ANY for pattern in patterns]
        if not any(_matches(one, value) for one in serial):
            module, name = key
            return _expected(serial, value, f"sys.modules[{module!r}].{name}", name)
    subject = outcome["subject"]
    serial = [pattern["subject"] for pattern in patterns]
    if len(subject) == 2 and isinstance(subject[1], tuple) and all(len(one) == 2 and isinstance(one[1], tuple) for one in serial):
        for name, value in subject[1]:
            known = [dict(one[1]).get(name, ANY) for one in serial]
            if not any(_matches(one, value) for one in known):
                return _expected(known, value, f"subject.{name}", name)
    for name, value in outcome["given"]:
        known = [dict(pattern["given"]).get(name, ANY) if pattern["given"] is not ANY else ANY for pattern in patterns]
        if not any(_matches(one, value) for one in known):
            return {**_expected(known, value, name, name), "line": None}
    return None


def _expected(serial, value, written, name):
    """`assert subject.total == 2`, where every serial order says so."""
    wanted = sorted({text for text in map(_literal, serial) if text is not None}, key=lambda text: (len(text), text))
    got = _literal(value)
    if got is None or len(wanted) == 0 or any(_literal(one) is None for one in serial):
        sizes = sorted({len(one[1]) for one in serial if len(one) > 1 and isinstance(one[1], tuple)})
        if len(sizes) == 1 and len(value) > 1 and isinstance(value[1], tuple) and len(value[1]) != sizes[0]:
            return {"says": f"`{name}` holds {len(value[1])}, in every serial order {sizes[0]}", "line": f"assert len({written}) == {sizes[0]}"}
        return {"says": f"`{name}` is left as no serial order leaves it", "line": None}
    shown = " or ".join(wanted) if len(wanted) <= 3 else f"one of {len(wanted)} others, {wanted[0]} to {wanted[-1]}"
    line = f"assert {written} == {wanted[0]}" if len(wanted) == 1 else f"assert {written} in [{', '.join(wanted)}]"
    return {"says": f"`{name}` is {_shortened(got)}, in every serial order {_shortened(shown)}", "line": line}


def _literal(state):
    """A state as Python writes it; None where it has parts without a literal."""
    if state is ANY or not isinstance(state, tuple) or len(state) < 2:
        return None
    kind, value = state[0], state[1]
    if kind in ("int", "str", "bool", "float", "NoneType", "bytes"):
        return value
    if kind in ("dict",) and state[2] == ():
        pairs = [(_literal(k), _literal(v)) for k, v in value]
        if any(k is None or v is None for k, v in pairs):
            return None
        return "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}"
    return None


def _named(value):
    """As `repr` has it, without the address that no two runs share."""
    return re.sub(r" (id='\d+'|at 0x[0-9a-f]+)", "", repr(value))


def _shortened(text):
    return text if len(text) <= 120 else text[:119] + "…"
