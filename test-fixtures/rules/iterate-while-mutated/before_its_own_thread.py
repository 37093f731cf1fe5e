# settings: profile=library
"""What a method looks through before it starts the thread of its object, always, comes before that thread's life."""
import threading


class Poller:
    def __init__(self):
        self._lock = threading.Lock()
        self._handlers = {}
        self._names = {}

    def add(self, name, handler):
        with self._lock:
            self._handlers[name] = handler
            self._names[name] = name

    def run_in_thread(self):
        self._check()
        thread = Worker(self)
        thread.start()
        return thread

    def _check(self):
        for name, handler in self._handlers.items():  # ok: iterate-while-mutated
            if handler is None:
                raise ValueError(name)

    def poll(self):
        with self._lock:
            return [name for name in self._names if name]

    def names(self):
        for name in self._names:  # expect: inconsistent-lock
            print(name)


class Worker(threading.Thread):
    def __init__(self, poller):
        super().__init__(daemon=True)
        self.poller = poller

    def run(self):
        while True:
            self.poller.poll()


class Sender:
    """Here the thread starts once, and the method goes on being called."""

    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}
        self._thread = None

    def add(self, name, row):
        with self._lock:
            self._rows[name] = row

    def send(self):
        for row in self._rows.values():  # expect: inconsistent-lock
            print(row)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run)  # expect: lazy-init-race
            self._thread.start()

    def _run(self):
        while True:
            with self._lock:
                self._rows.clear()
