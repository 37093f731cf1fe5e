"""A default is set at import, and another value by whoever signs in: no thread of the pool does either."""
import threading

desk = threading.local()
desk.clerk = "nobody"  # expect: thread-local-set-once
desk.floor = 0


def clerk():
    return desk.clerk  # evidence: thread-local-set-once


def sign_in(name):
    desk.clerk = name


def floor():
    return desk.floor  # ok: thread-local-set-once


def move_to(number):
    desk.floor = number
