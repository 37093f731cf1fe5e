# settings: target=free-threaded
"""The versions come from requirements.txt beside this file."""
import markupsafe  # ok: gil-reenabled-import
import numpy  # expect: gil-reenabled-import "numpy"
import pandas  # expect: gil-reenabled-import "pandas"
import zmq  # ok: gil-reenabled-import


def report(rows):
    return pandas.DataFrame(rows), numpy.zeros(3), zmq.Context(), markupsafe.escape("<")
