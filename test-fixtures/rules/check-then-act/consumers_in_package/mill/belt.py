"""A container of one module, emptied by threads that another module starts."""
from collections import deque

parts = deque()


def put(part):
    parts.append(part)


def take():
    if parts:
        return parts.popleft()  # expect: check-then-act "parts"
    return None
