"""A thread and a pool have one life."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Pump:
    def __init__(self):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)  # evidence: thread-api-misuse

    def _run(self):
        while not self._stop.wait(1):
            print("pumps")

    def on(self):
        self._stop.clear()
        self._thread.start()  # expect: thread-api-misuse "when `Pump.restart` calls `Pump.on`"
      # ^^^^^^^^^^^^^^^^^^^^ thread-api-misuse

    def off(self):
        self._stop.set()
        self._thread.join()

    def restart(self):
        self.off()  # evidence: thread-api-misuse
        self.on()  # evidence: thread-api-misuse


class Lamp:
    def __init__(self):
        self._thread = threading.Thread(target=print)

    def blink(self):
        self._thread.start()  # expect: thread-api-misuse "when `Lamp.blink` is called again"


lamp = Lamp()
lamp.blink()  # evidence: thread-api-misuse
lamp.blink()  # evidence: thread-api-misuse


class Renewed:
    def __init__(self):
        self._thread = threading.Thread(target=print)

    def on(self):
        self._thread.start()  # ok: thread-api-misuse

    def restart(self):
        self._thread.join()
        self._thread = threading.Thread(target=print)
        self.on()


class Asked:
    def __init__(self):
        self._thread = threading.Thread(target=print)

    def on(self):
        if not self._thread.is_alive():
            self._thread.start()  # ok: thread-api-misuse

    def restart(self):
        self._thread.join()
        self.on()


class OneLife:
    def __init__(self):
        self._thread = threading.Thread(target=print)

    def on(self):
        self._thread.start()  # ok: thread-api-misuse

    def off(self):
        self._thread.join()


for _ in range(2):
    one = OneLife()
    one.on()
    one.off()


class Post:
    def __init__(self):
        self._pool = ThreadPoolExecutor(2)

    def close(self):
        self._pool.shutdown()  # evidence: thread-api-misuse
        self._pool.submit(print, "closed")  # expect: thread-api-misuse "takes no work any more"

    def reopen(self):
        self._pool.shutdown()
        self._pool = ThreadPoolExecutor(2)
        self._pool.submit(print, "open")  # ok: thread-api-misuse

    def end(self):
        self._pool.submit(print, "ends")  # ok: thread-api-misuse
        self._pool.shutdown()
