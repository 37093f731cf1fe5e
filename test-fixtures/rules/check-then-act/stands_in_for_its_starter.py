# settings: profile=library
"""A thread for which its starter waits at once does the starter's work, and says nothing of others."""

import asyncio
import threading


class Prompt:
    def __init__(self):
        self._answers = {}

    def ask(self, name):
        thread = threading.Thread(target=self._ask, args=(name,))
        thread.start()
        thread.join()
        return self._answers[name]

    def _ask(self, name):
        self._answers[name] = input(name)

    def forget(self, name):
        if name in self._answers:
            del self._answers[name]  # ok: check-then-act


class Crawl:
    """Two threads are beside each other, also when both are waited for."""

    def __init__(self):
        self._pages = {}

    def run(self):
        first = threading.Thread(target=self._fetch, args=("a",))
        second = threading.Thread(target=self._parse, args=("a",))
        first.start()
        second.start()
        first.join()
        second.join()

    def _fetch(self, name):
        self._pages[name] = name

    def _parse(self, name):
        print(self._pages.get(name))

    def forget(self, name):
        if name in self._pages:
            del self._pages[name]  # expect: check-then-act


class Signal:
    """Called in the thread of a loop, which is not its own."""

    def __init__(self):
        self._handlers = []

    def __call__(self):
        for handler in list(self._handlers):
            handler()

    def drop(self, handler):
        if handler in self._handlers:
            self._handlers.remove(handler)  # ok: check-then-act


class Host:
    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.on_resize = Signal()

    def start(self):
        threading.Thread(target=self._run).start()

    def _run(self):
        self.loop.run_forever()

    def resized(self):
        self.loop.call_soon_threadsafe(self.on_resize)
