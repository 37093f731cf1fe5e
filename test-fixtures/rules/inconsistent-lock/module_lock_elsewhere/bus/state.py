"""A module's variables with their lock, used by another module."""
import threading

listeners_lock = threading.Lock()
listeners = []


def add(listener):
    with listeners_lock:
        listeners.append(listener)


def remove(listener):
    with listeners_lock:
        listeners.remove(listener)
