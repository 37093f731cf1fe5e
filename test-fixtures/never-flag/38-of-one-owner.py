# settings: profile=library
"""What says that threads are about, and not that several callers share the object."""
import copy
import threading
import time


class Exchange:
    """When the finalizer runs, nobody has the object any more."""

    def __init__(self):
        self.options = {}
        self.tickers = {}
        self.urls = {}

    def __del__(self):
        self.options.clear()

    def forget(self, symbol):
        if symbol in self.tickers:
            del self.tickers[symbol]

    def use_test_network(self):
        self.urls["api"] = dict(self.urls, test=True)


class ChatCache:
    def __init__(self):
        self._store = {}

    def get(self, chat):
        if chat in self._store:
            if self._store[chat][0] > time.time():
                return self._store[chat][1]
            self._store.pop(chat, None)
        return None

    def put(self, chat, data):
        self._store[chat] = (time.time() + 60, data)


class Chats:
    """Only coroutines use the cache."""

    def __init__(self):
        self._known = ChatCache()

    async def chat(self, chat):
        found = self._known.get(chat)
        if found is None:
            found = await self._fetch(chat)
            self._known.put(chat, found)
        return found

    async def _fetch(self, chat):
        return chat


class Memory:
    """What is changed is the copy."""

    def __init__(self):
        self._records = {}
        for _ in range(4):
            threading.Thread(target=self._serve).start()

    def _serve(self):
        print(self.read(input(), hidden=True))

    def read(self, name, hidden):
        record = self._records[name]
        served = record
        if hidden:
            served = copy.deepcopy(record)
            served.content = served.content.replace("secret", "")
        return served
