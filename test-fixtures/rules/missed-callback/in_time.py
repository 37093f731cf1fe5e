"""Ways in which no callback comes too late."""
import asyncio
import threading


class Locked:
    def __init__(self):
        self._lock = threading.Lock()
        self.delivered = False
        self._callbacks = []
        threading.Thread(target=self._deliver).start()

    def when_delivered(self, callback):
        with self._lock:
            if not self.delivered:
                self._callbacks.append(callback)  # ok: missed-callback
                return
        callback(self)

    def _deliver(self):
        with self._lock:
            self.delivered = True
            callbacks = list(self._callbacks)
        for callback in callbacks:
            callback(self)


class LookedAgain:
    def __init__(self):
        self._lock = threading.Lock()
        self.delivered = False
        self._callbacks = []
        threading.Thread(target=self._deliver).start()

    def when_delivered(self, callback):
        if not self.delivered:
            self._callbacks.append(callback)  # ok: missed-callback
            if not self.delivered:
                return
        callback(self)

    def _deliver(self):
        self.delivered = True
        for callback in list(self._callbacks):
            callback(self)


class OfOneLoop:
    def __init__(self):
        self._lock = threading.Lock()
        self.delivered = False
        self._callbacks = []

    def when_delivered(self, callback):
        if self.delivered:
            callback(self)
        else:
            self._callbacks.append(callback)  # ok: missed-callback

    async def deliver(self):
        await asyncio.sleep(1)
        self.delivered = True
        for callback in list(self._callbacks):
            callback(self)
