from bus import state
from bus.state import listeners_lock


def replace(old, new):
    with state.listeners_lock:
        state.listeners.remove(old)  # ok: inconsistent-lock
        state.listeners.append(new)  # ok: inconsistent-lock


def insert_first(listener):
    with listeners_lock:
        state.listeners.insert(0, listener)  # ok: inconsistent-lock


def reset():
    state.listeners.clear()  # expect: inconsistent-lock "listeners"
