"""What the names in a line of a failing run have as their values: read in the frame of the thread without running any code of the
program, before the line and after what the thread did of it.
"""
import ast
import linecache
import sys

from interleave_test import _scheduler as scheduling

_MOST_NAMES = 4
_MOST_LETTERS = 40
_PLAIN = (type(None), bool, int, float, str, bytes)
_SIZED = (list, dict, set, frozenset, tuple)
_names = {}


class Observed:
    """The values in one row of the table."""

    def __init__(self, rec, code, line):
        self._code, self._line = code, line
        self.values = {}
        self.look(rec)

    def look(self, rec):
        frame = _frame_of(rec, self._code)
        if frame is None:
            return
        for name, chain in _names_in(self._code.co_filename, self._line):
            shown = _shown(_value(frame, chain))
            if shown is None:
                continue
            first = self.values.setdefault(name, [shown, shown])
            first[1] = shown


def _frame_of(rec, code):
    scheduler = scheduling._active
    idents = [ident for ident, one in scheduler._byid.items() if one is rec] if scheduler else []
    frame = sys._current_frames().get(idents[-1]) if idents else None
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame


def _names_in(path, line):
    """`self.total`, `count`: the variables in the statement, or its head, that begins on a line."""
    if (path, line) not in _names:
        text = linecache.getline(path, line).strip()
        _names[path, line] = _chains(text)
    return _names[path, line]


def _chains(text):
    for tried in (text, f"{text} pass", f"if True: pass\n{text} pass", f"try: pass\n{text} pass"):
        try:
            tree = ast.parse(tried)
            break
        except SyntaxError:
            continue
    else:
        return []
    found, calls = {}, {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if id(node) in calls and isinstance(node, ast.Attribute):
            node = node.value
        elif id(node) in calls or id(node) in inner:
            continue
        chain = _chain(node)
        if chain is not None:
            found[".".join(chain)] = chain
    return list(found.items())[:_MOST_NAMES]


def _chain(node):
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id, *reversed(parts)] if isinstance(node, ast.Name) else None


_ABSENT = object()


def _value(frame, chain):
    """Only what lies in frames, instances, classes and modules: no property and no `__getattr__` runs."""
    first, *rest = chain
    value = frame.f_locals.get(first, frame.f_globals.get(first, _ABSENT))
    for name in rest:
        held = _ABSENT
        try:
            held = object.__getattribute__(value, "__dict__").get(name, _ABSENT)
        except AttributeError:
            pass
        for class_ in (value if isinstance(value, type) else type(value)).__mro__:
            if held is not _ABSENT:
                break
            held = class_.__dict__.get(name, _ABSENT)
            if type(held).__name__ == "member_descriptor":
                held = held.__get__(value)
            elif hasattr(type(held), "__get__"):
                held = _ABSENT
        value = held
        if value is _ABSENT:
            break
    return value


def _shown(value):
    if type(value) in _PLAIN:
        text = repr(value)
    elif type(value) in _SIZED and len(value) <= 6 and all(type(one) in _PLAIN for one in value) and _plain_values(value):
        text = repr(value)
    elif type(value) in _SIZED:
        text = f"{len(value)} items"
    else:
        return None
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _plain_values(value):
    return not isinstance(value, dict) or all(type(one) in _PLAIN for one in value.values())
