# settings: profile=library
"""Lists in a dict, reached by `get` and `setdefault`."""
import queue
import threading


class Bus:
    def __init__(self):
        self._lock = threading.Lock()
        self._listeners = {}
        self._jobs = queue.Queue()

    def listen(self, topic, listener):
        with self._lock:
            self._listeners.setdefault(topic, []).append(listener)

    def leave(self, topic, listener):
        with self._lock:
            self._listeners[topic].remove(listener)

    def publish(self, topic, value):
        for listener in self._listeners.get(topic, []):  # expect: inconsistent-lock
            listener(value)

    def publish_named(self, topic, value):
        listeners = self._listeners.get(topic, ())
        for listener in listeners:  # expect: inconsistent-lock
            listener(value)

    def publish_or_none(self, topic, value):
        for listener in self._listeners.get(topic) or ():  # expect: inconsistent-lock
            listener(value)

    def publish_copy(self, topic, value):
        with self._lock:
            listeners = list(self._listeners.get(topic, []))
        for listener in listeners:  # ok: inconsistent-lock
            listener(value)

    def work(self):
        for step in self._jobs.get():  # ok: inconsistent-lock
            step()
