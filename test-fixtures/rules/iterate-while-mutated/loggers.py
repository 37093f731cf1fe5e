# settings: profile=library
"""The table of loggers belongs to the whole process."""
import logging


def loggers():
    names = logging.root.manager.loggerDict.keys()
    return [logging.getLogger(name) for name in names]  # expect: iterate-while-mutated "getLogger"


def handlers():
    for name, logger in logging.Logger.manager.loggerDict.items():  # expect: iterate-while-mutated
        print(name, logger)


def sorted_names():
    return sorted(logging.root.manager.loggerDict)  # ok: iterate-while-mutated


def copied():
    for name in list(logging.root.manager.loggerDict):  # ok: iterate-while-mutated
        print(name)
