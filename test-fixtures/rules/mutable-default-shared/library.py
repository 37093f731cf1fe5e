# settings: profile=library
"""Scratch space of a public function."""


def encode(value, buffer=bytearray()):
    buffer.clear()  # expect: mutable-default-shared "Callers of `encode` may be several threads"
    buffer.append(value)
    return bytes(buffer)


def collect(value, into=[]):
    into.append(value)  # expect: mutable-default-shared
    return into


def _private(value, into=[]):
    into.append(value)  # ok: mutable-default-shared
    return into
