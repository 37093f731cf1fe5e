# settings: profile=library
"""The program calls these methods with the lock of their object only, and so are others meant to."""

import threading


class Requests:
    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = {}

    @property
    def lock(self):
        return self._lock

    def register(self, name, request):
        self._waiting[name] = request

    def remove(self, name):
        if name in self._waiting:
            del self._waiting[name]  # ok: check-then-act

    def take(self, name):
        request = self._waiting.get(name)
        self.remove(name)
        return request


class Channel:
    def __init__(self):
        self.requests = Requests()

    def ask(self, name, request):
        with self.requests.lock:
            self.requests.register(name, request)
            return self.requests.take(name)


class Answers:
    """Some of its callers hold nothing."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = {}

    def put(self, name, answer):
        self._waiting[name] = answer

    def remove(self, name):
        if name in self._waiting:
            del self._waiting[name]  # expect: check-then-act "owns"

    def drop(self, name):
        with self._lock:
            self.remove(name)


def forget(answers: Answers, name):
    answers.remove(name)


class BasePool:
    """One class below it is for threads, one for a loop."""

    def __init__(self):
        self._idle = {}

    def _release(self, one):
        self._idle[one] = True

    def _detach(self, one):
        if one in self._idle:
            self._idle.pop(one)  # ok: check-then-act
        return one


class ThreadPool(BasePool):
    def __init__(self):
        super().__init__()
        self._free = threading.Condition()

    def release(self, one):
        with self._free:
            self._release(one)
            self._free.notify()

    def detach(self, one):
        with self._free:
            return self._detach(one)


class LoopPool(BasePool):
    async def release(self, one):
        self._release(one)

    async def detach(self, one):
        return self._detach(one)


class Ranks:
    """What the queue below keeps in it is reached with the lock of the queue."""

    def __init__(self):
        self._index = {}

    def insert(self, key, rank):
        self._index[key] = rank

    def remove(self, key):
        if key in self._index:
            del self._index[key]  # ok: check-then-act

    def pop(self):
        self.remove(min(self._index))


class Events:
    def __init__(self):
        self._ready = threading.Condition()
        self._ranks = Ranks()

    def insert(self, key, rank):
        with self._ready:
            self._ranks.insert(key, rank)
            self._ready.notify()

    def remove(self, key):
        with self._ready:
            self._ranks.remove(key)


class Collector:
    def __init__(self):
        self._events = Events()

    def start(self):
        threading.Thread(target=self._collect).start()

    def add(self, key):
        self._events.insert(key, 1)

    def _collect(self):
        self._events.remove("first")


class Names:
    """The same, and one of those who keep it does so without a lock."""

    def __init__(self):
        self._index = {}

    def insert(self, key):
        self._index[key] = True

    def remove(self, key):
        if key in self._index:
            del self._index[key]  # expect: check-then-act


class Directory:
    def __init__(self):
        self._names = Names()

    def start(self):
        threading.Thread(target=self._collect).start()

    def forget(self, key):
        self._names.remove(key)

    def _collect(self):
        self._names.remove("first")
