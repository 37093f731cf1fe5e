"""The class has a lock, but not because of this attribute."""
import asyncio
import threading


class Dispatcher:
    def __init__(self):
        self._lock = threading.RLock()
        self._async_lock = None

    async def dispatch(self, event):
        if self._async_lock is None:
            self._async_lock = asyncio.Lock()  # ok: lazy-init-race
        async with self._async_lock:
            return event

    def register(self, listener):
        with self._lock:
            return listener


class LocksByTopic:
    def __init__(self):
        self._topic_locks = {None: threading.Lock()}

    def lock(self, topic):
        if topic not in self._topic_locks:
            with self._topic_locks[None]:
                if topic not in self._topic_locks:
                    self._topic_locks[topic] = threading.Lock()  # ok: lazy-init-race
        return self._topic_locks[topic]

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.lock, args=("a",)).start()
