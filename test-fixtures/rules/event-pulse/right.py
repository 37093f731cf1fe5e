"""Events that stay set for a while, and other objects."""
import threading
import time

passed = threading.Event()
other = threading.Event()


class Lamp:
    def set(self):
        print("on")

    def clear(self):
        print("off")


lamp = Lamp()


def phases():
    passed.set()  # ok: event-pulse
    time.sleep(1)
    passed.clear()
    passed.set()  # ok: event-pulse
    other.clear()
    passed.clear()
    passed.set()  # ok: event-pulse


def blink():
    lamp.set()  # ok: event-pulse
    lamp.clear()


def either(on):
    if on:
        passed.set()  # ok: event-pulse
    else:
        passed.clear()
