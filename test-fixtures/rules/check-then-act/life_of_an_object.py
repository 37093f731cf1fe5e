# settings: profile=library
"""Who owns an object sets it up, starts it and ends it. That it has a thread does not say that several do."""

import threading


class Monitor:
    def __init__(self):
        self._thread = None
        self._wake = threading.Event()
        self._rules = {}
        self._seen = {}

    def configure(self, rules):
        self._rules = rules or self._rules
        if "all" in self._rules:
            del self._rules["all"]  # ok: check-then-act

    def start(self):
        if self._thread is None:
            self._thread = threading.Thread(target=self._run)
            self._thread.start()

    def stop(self):
        if self._thread is not None:
            self._wake.set()
            self._thread.join()  # ok: check-then-act
            self._thread = None

    def _run(self):
        self._wake.wait()

    def see(self, name):
        self._seen[name] = True

    def forget(self, name):
        if name in self._seen:
            del self._seen[name]  # expect: check-then-act "Event"
