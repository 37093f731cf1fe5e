# settings: profile=library
"""Filters that a function changes which nobody is to call any more."""
import warnings


def old_total(rows):
    """DEPRECATED: use `total`."""
    with warnings.catch_warnings():  # ok: process-state-from-thread
        warnings.simplefilter("ignore")
        return sum(rows)


def total(rows):
    with warnings.catch_warnings():  # expect: process-state-from-thread
        warnings.simplefilter("ignore")
        return sum(rows)
