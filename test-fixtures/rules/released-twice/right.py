"""Two releases in the text, and one for each acquisition."""
import asyncio
import threading


class Gate:
    def __init__(self):
        self._lock = threading.Lock()
        self._again = threading.RLock()
        self._slots = threading.Semaphore(4)
        self._entries = []

    def either(self):
        self._lock.acquire()  # expect: acquire-no-finally
        if not self._entries:
            self._lock.release()  # ok: released-twice
            return None
        entry = self._entries.pop()
        self._lock.release()  # ok: released-twice
        return entry

    def paused(self, work):
        with self._lock:
            self._lock.release()  # ok: released-twice
            try:
                work()
            finally:
                self._lock.acquire()

    def by_flag(self, work):
        self._lock.acquire()  # fp: acquire-no-finally
        held = True
        try:
            if not self._entries:
                self._lock.release()  # ok: released-twice
                held = False
            work()
        finally:
            if held:
                self._lock.release()

    def handlers(self, work):
        self._lock.acquire()  # expect: acquire-no-finally
        try:
            work()
        except ValueError:
            self._lock.release()  # ok: released-twice
            raise
        self._lock.release()

    def in_turns(self, steps):
        self._lock.acquire()  # expect: acquire-no-finally
        for step in steps:
            self._lock.release()  # ok: released-twice
            step()
            self._lock.acquire()  # expect: acquire-no-finally
        self._lock.release()

    def by_helper(self):
        self._lock.acquire()
        self._lock.release()  # ok: released-twice
        self._take()
        self._lock.release()

    def _take(self):
        self._lock.acquire()

    def slots(self):
        self._slots.acquire()
        self._slots.release()  # ok: released-twice
        self._slots.release()

    def nested(self):
        self._again.acquire()
        self._again.acquire()
        self._again.release()  # ok: released-twice
        self._again.release()


class Node:
    def __init__(self, next_node=None):
        self.lock = threading.Lock()
        self.next = next_node


def hand_over(node):
    node.lock.acquire()
    node.next.lock.acquire()
    node.lock.release()  # ok: released-twice
    node = node.next
    node.lock.release()


class Turnstile:
    def __init__(self):
        self.turn = asyncio.Lock()

    async def pause(self, work):
        await self.turn.acquire()
        try:
            self.turn.release()  # ok: released-twice
            await work()
            await self.turn.acquire()
        finally:
            self.turn.release()

    async def pause_by_helper(self, work):
        await self.turn.acquire()
        self.turn.release()  # ok: released-twice
        await self._again()
        self.turn.release()

    async def _again(self):
        await self.turn.acquire()

    async def either(self, work):
        await self.turn.acquire()
        released = False
        try:
            await work()
            self.turn.release()  # ok: released-twice
            released = True
        finally:
            if not released:
                self.turn.release()
