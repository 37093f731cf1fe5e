"""Each release after which the same lock is released again, with nothing that takes it in between."""
import asyncio
import threading


class Gate:
    def __init__(self):
        self._lock = threading.Lock()
        self._entries = []

    def by_finally(self, limit):
        self._lock.acquire()  # evidence: released-twice
        try:
            if len(self._entries) == limit:
                self._lock.release()  # expect: released-twice "once more"
#               ^^^^^^^^^^^^^^^^^^^^ released-twice
                return False
            return True
        finally:
            self._lock.release()  # evidence: released-twice

    def by_with(self):
        with self._lock:
            if not self._entries:
                self._lock.release()  # expect: released-twice "end of the `with`"
                return None
            return self._entries.pop()

    def by_raise(self, key):
        with self._lock:
            if key not in self._entries:
                self._lock.release()  # expect: released-twice
                raise KeyError(key)
            self._entries.remove(key)

    def one_after_the_other(self):
        self._lock.acquire()
        try:
            entries = list(self._entries)
            self._lock.release()  # expect: released-twice
        finally:
            self._lock.release()
        return entries


turn = asyncio.Lock()


async def task():
    await turn.acquire()
    try:
        turn.release()  # expect: released-twice
    finally:
        turn.release()


kept = threading.Lock()


def only_when_it_fails(work):
    kept.acquire()  # expect: acquire-no-finally
    try:
        work()
        kept.release()  # fn: released-twice
        work()
    except ValueError:
        kept.release()


class Cabin:
    def __init__(self):
        self.door = asyncio.Lock()
        self.guest = None

    async def move_in(self, guest, crew):
        await self.door.acquire()
        try:
            if self.guest is not None:
                self.door.release()  # expect: released-twice
                return False
            await crew.tidy()
            self.guest = guest
            return True
        finally:
            self.door.release()

    async def knock(self):
        async with self.door:
            if self.guest is None:
                self.door.release()  # expect: released-twice "at the end of the `with`"
                return False
        return True


class Deck:
    def __init__(self, names):
        self.cabins = {name: Cabin() for name in names}

    async def search(self, name, crew):
        cabin = self.cabins[name]
        await cabin.door.acquire()
        try:
            if cabin.guest is None:
                cabin.door.release()  # expect: released-twice
                return
            await crew.look(cabin.guest)
        finally:
            cabin.door.release()
