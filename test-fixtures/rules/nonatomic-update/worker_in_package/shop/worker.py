"""Runs in threads, which only main.py knows."""
from . import state
from .stock import take

done = 0


def run(order):
    global done
    for item in order:
        take(item)
        state.sold += 1  # expect: nonatomic-update "sold"
    done += 1  # expect: nonatomic-update "done"
