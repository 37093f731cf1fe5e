"""Finds the arguments with which calls come to the places of a finding: runs the calls one after the other, changes one argument at
a time, and keeps what gets further. Most code refuses what it was not written for at once, so a run costs little.
"""
import ast
import re

_HOLE = re.compile("\u27e8(\\d+)\u27e9")
_MOST_WORDS = 8
_MOST_LETTERS = 40
_ELSEWHERE = "stand_ins()"


def filled(template, values):
    """The text with a value in each of its holes, of which a value may have some itself."""
    while True:
        text = _HOLE.sub(lambda hole: values[int(hole[1])], template)
        if text == template:
            return text
        template = text


def with_words(choices, files):
    """The choices, and where a text may stand also the words that the code compares with, looks up and splits at."""
    words, keys = [], []
    for file in files:
        try:
            with open(file, "rb") as source:
                tree = ast.parse(source.read())
        except (OSError, SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            words += _compared(node)
            keys += _keys(node)
    words, keys = list(dict.fromkeys(words))[:_MOST_WORDS], list(dict.fromkeys(keys))[:_MOST_WORDS]
    record = "{" + ", ".join(f"{key}: 1" for key in keys) + "}"
    records = [record, f"[{record}, {record}]"] if keys else []
    return [[*options, *(value for value in words + records if value not in options)] if '"a"' in options and len(options) > 1 else options for options in choices]


def _compared(node):
    if isinstance(node, ast.Compare):
        return _texts([node.left, *node.comparators])
    if isinstance(node, ast.Dict):
        return _texts(node.keys)
    if isinstance(node, ast.MatchValue):
        return _texts([node.value])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("startswith", "endswith", "fullmatch"):
        return _texts(node.args)
    return []


def _keys(node):
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        return _texts([node.slice])
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop"):
        return _texts(node.args[:1])
    return []


def _texts(nodes):
    found = []
    for node in nodes:
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            found += _texts(node.elts)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) <= _MOST_LETTERS and node.value != "__main__":
            found.append(repr(node.value))
    return found


def fitted(choices, driver_with, reached, budget):
    """`driver_with(values)` makes a driver, `reached(driver)` says how far it comes, and whether there is no further to go."""
    values = [options[0] for options in choices]
    driver = driver_with(values)
    best, enough = reached(driver)
    budget.spend()

    def take(trial):
        nonlocal best, enough, values, driver
        other = driver_with(trial)
        far, whole = reached(other)
        budget.spend()
        if far > best:
            best, enough, values, driver = far, whole, trial, other
            return True
        return False

    def climb():
        changed = True
        while changed and not enough and budget.left() > 0:
            changed = False
            for hole, options in enumerate(choices):
                for option in options:
                    if enough or budget.left() <= 0:
                        break
                    if option != values[hole]:
                        changed = take([*values[:hole], option, *values[hole + 1 :]]) or changed

    climb()
    if choices and not enough and _ELSEWHERE in choices[0] and values[0] != _ELSEWHERE:
        # What stands for the surroundings may help only together with other arguments.
        before = best, enough, values, driver
        best = ()
        take([_ELSEWHERE, *values[1:]])
        climb()
        if best <= before[0]:
            best, enough, values, driver = before
    return driver, values, best[0], enough
