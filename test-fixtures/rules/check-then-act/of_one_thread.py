# settings: profile=library
"""One thread calls the code that imports a reactor or the main loop of a GUI, unless the program starts others or locks."""

import threading

from twisted.internet import defer

waiting = {}
answers = {}
answers_lock = threading.Lock()


def answer(number, value):
    if number in waiting:
        waiting[number].callback(value)
        del waiting[number]  # ok: check-then-act


def ask(number):
    waiting[number] = defer.Deferred()
    return waiting[number]


def store(number, value):
    with answers_lock:
        answers[number] = value  # evidence: check-then-act


def take(number):
    if number in answers:
        return answers.pop(number)  # expect: check-then-act "`answers`"
    return None
