"""Scopes, snapshots, and locks that are free again when the generator stops."""
import contextlib
import threading

import pytest

_lock = threading.Lock()
_names = []


@contextlib.contextmanager
def exclusive():
    with _lock:
        yield _names  # ok: yield-under-lock


@pytest.fixture
def alone():
    with _lock:
        yield  # ok: yield-under-lock


def dependency():
    with _lock:
        yield _names  # ok: yield-under-lock


def names():
    with _lock:
        copy = list(_names)
    yield from copy  # ok: yield-under-lock


def one_by_one():
    for index in range(len(_names)):
        with _lock:
            name = _names[index]
        yield name  # ok: yield-under-lock
