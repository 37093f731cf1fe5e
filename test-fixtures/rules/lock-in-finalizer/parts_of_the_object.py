"""A part of an object is used by its methods, and so nobody collects the object meanwhile; what others have too is another matter."""
import queue
import threading


class Tank:
    def __init__(self):
        self._lock = threading.Lock()
        self._drops = []

    def fill(self, drop):
        with self._lock:
            self._drops.append(str(drop))

    def drain(self):
        with self._lock:  # ok: lock-in-finalizer
            self._drops.clear()


class Kettle:
    """Has a tank of its own."""

    def __init__(self):
        self._tank = Tank()

    def pour(self, drop):
        self._tank.fill(drop)

    def close(self):
        self._tank.drain()

    def __del__(self):
        self.close()


class Barrel:
    def __init__(self):
        self._lock = threading.Lock()
        self._drops = []

    def fill(self, drop):
        with self._lock:
            self._drops.append(str(drop))

    def drain(self):
        with self._lock:  # expect: lock-in-finalizer
            self._drops.clear()


class Tap:
    """Its barrel is that of others, too."""

    def __init__(self, barrel: Barrel):
        self._barrel = barrel

    def pour(self, drop):
        self._barrel.fill(drop)

    def __del__(self):
        self._barrel.drain()


class Meter:
    def __init__(self):
        self._lock = threading.Lock()
        self._seen = []
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while True:
            with self._lock:
                self._seen.append(str(len(self._seen)))

    def stop(self):
        with self._lock:  # expect: lock-in-finalizer
            self._seen.clear()


class Boiler:
    """Its part has a thread, which has the part alone."""

    def __init__(self):
        self._meter = Meter()

    def __del__(self):
        self._meter.stop()


class Workers:
    """Who takes from the queue runs a method of the object, and has it."""

    def __init__(self):
        self._jobs = queue.Queue()
        for _ in range(3):
            threading.Thread(target=self._work).start()

    def _work(self):
        while self._jobs.get() is not None:
            print("done")

    def close(self):
        self._jobs.put(None)  # ok: lock-in-finalizer

    def __del__(self):
        self.close()


def _take(jobs):
    while jobs.get() is not None:
        print("done")


class Lent:
    """The thread has the queue, and not the object."""

    def __init__(self):
        self._jobs = queue.Queue()
        threading.Thread(target=_take, args=(self._jobs,)).start()

    def add(self, job):
        self._jobs.put(job)

    def close(self):
        self._jobs.put(None)  # expect: lock-in-finalizer

    def __del__(self):
        self.close()
