"""Who stops the thread of the loop and has waited for it is alone with what the loop's tasks kept."""
import asyncio
import threading


class Relay:
    def __init__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = None
        self._jobs = set()

    def start(self):
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        self._loop.run_forever()

    def send(self, text):
        self._loop.call_soon_threadsafe(self._begin, text)

    def _begin(self, text):
        self._jobs.add(text)

    def stop(self, timeout=None):
        if self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)
        self._thread = None

    def close(self):
        if self._thread is not None:
            self.stop()
        for job in self._jobs:  # ok: iterate-while-mutated
            print("left over", job)


relay = Relay()
relay.start()
relay.send("a")
relay.close()
