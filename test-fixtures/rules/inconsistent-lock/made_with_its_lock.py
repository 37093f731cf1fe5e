# settings: profile=library
import threading


class Query:
    def __init__(self, words):
        self.words = words
        self.reset()

    def reset(self):
        self.found = {}  # ok: inconsistent-lock
        self.found_lock = threading.Lock()

    def add(self, key, value):
        with self.found_lock:
            if key not in self.found:
                self.found[key] = value

    def take(self):
        with self.found_lock:
            return self.found.popitem()

    def drop(self, key):
        with self.found_lock:
            self.found.pop(key, None)


class _Store:
    def __init__(self):
        self._lock = threading.Lock()
        self.tokens = {}

    def save(self, now):
        with self._lock:
            self.tokens = {key: end for key, end in self.tokens.items() if end > now}

    def count(self):
        with self._lock:
            return len(self.tokens)


class Provider:
    """All that it does happens in one event loop."""

    def __init__(self):
        self.store = _Store()

    async def exchange(self, code):
        return self._issue(code)

    async def revoke(self, token):
        self.store.tokens.pop(token, None)  # ok: inconsistent-lock
        self.store.save(0)

    def _issue(self, code):
        self.store.tokens[code] = 3600  # ok: inconsistent-lock
        self.store.save(0)
        return self.store.count()


def forget_all():
    store = _Store()
    store.tokens = {}
    store.save(0)
