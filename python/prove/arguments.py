"""Finds the arguments with which calls come to the places of a finding: runs the calls one after the other, changes one argument at
a time, and keeps what gets further. Most code refuses what it was not written for at once, so a run costs little.
"""
import re

_HOLE = re.compile("\u27e8(\\d+)\u27e9")


def filled(template, values):
    """The text with a value in each of its holes, of which a value may have some itself."""
    while True:
        text = _HOLE.sub(lambda hole: values[int(hole[1])], template)
        if text == template:
            return text
        template = text


def fitted(choices, driver_with, reached, budget):
    """`driver_with(values)` makes a driver, `reached(driver)` says how far it comes, and whether there is no further to go."""
    values = [options[0] for options in choices]
    driver = driver_with(values)
    best, enough = reached(driver)
    changed = True
    while changed and not enough and budget.left() > 0:
        changed = False
        for hole, options in enumerate(choices):
            for option in options:
                if enough or budget.left() <= 0:
                    break
                if option == values[hole]:
                    continue
                trial = [*values[:hole], option, *values[hole + 1 :]]
                other = driver_with(trial)
                far, whole = reached(other)
                if far > best:
                    best, enough, values, driver, changed = far, whole, trial, other, True
    return driver, values, best[0]
