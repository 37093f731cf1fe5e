# settings: profile=library
"""A library switches something of the whole process on for the time of a call."""
import asyncio
import locale
import os
import random
import threading
import warnings

_guard = threading.Lock()


def encode(value):
    with warnings.catch_warnings():  # expect: process-state-from-thread "the warning filters"
        warnings.simplefilter("error")
        return value.encode()


def shuffled(cards, seed):
    random.seed(seed)  # expect: process-state-from-thread "the random generator"
    return random.sample(cards, len(cards))


def shuffled_right(cards, seed):
    return random.Random(seed).sample(cards, len(cards))  # ok: process-state-from-thread


def start_from(seed):
    random.seed(seed)  # ok: process-state-from-thread


def price(amount):
    old = locale.setlocale(locale.LC_ALL)  # ok: process-state-from-thread
    locale.setlocale(locale.LC_ALL, "de_DE")  # expect: process-state-from-thread "the locale"
    try:
        return locale.currency(amount)
    finally:
        locale.setlocale(locale.LC_ALL, old)


def private_file(path):
    with _guard:
        old = os.umask(0o077)  # ok: process-state-from-thread
        try:
            return open(path, "w")
        finally:
            os.umask(old)


def set_quiet_loop_policy(policy):
    with warnings.catch_warnings():  # ok: process-state-from-thread
        warnings.simplefilter("ignore")
        asyncio.set_event_loop_policy(policy)


def set_quiet_loop(loop):
    with warnings.catch_warnings():  # expect: process-state-from-thread "the warning filters"
        warnings.simplefilter("ignore")
        asyncio.set_event_loop(loop)


def main():
    with warnings.catch_warnings():  # ok: process-state-from-thread
        encode("x")
