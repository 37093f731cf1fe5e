"""What interrupts takes no lock that it could wait for."""
import queue
import signal
import threading
import weakref

_again = threading.RLock()
_mine = threading.Lock()
_tried = threading.Lock()
_stopping = threading.Event()
_dropped = queue.SimpleQueue()


class Lease:
    def __del__(self):
        with _again:  # ok: lock-in-finalizer
            print("gone")
        if _tried.acquire(blocking=False):  # ok: lock-in-finalizer
            _tried.release()


def prune():
    with _again:
        print(list(range(3)))
    with _tried:
        print(list(range(3)))


def stop(number, frame):
    _stopping.set()  # ok: lock-in-finalizer


def alone(number, frame):
    with _mine:  # ok: lock-in-finalizer
        print("signal")


signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGUSR1, alone)


def forget(reference):
    _dropped.put(reference)  # ok: lock-in-finalizer


def watch(thing):
    return weakref.ref(thing, forget)


class Odometer:
    """Signals interrupt the main thread, and only another one counts: the handler waits for it, and it goes on."""

    def __init__(self):
        self._lock = threading.Lock()
        self._steps = 0

    def add(self):
        with self._lock:
            self._steps += 1

    def read(self):
        with self._lock:
            return self._steps


odometer = Odometer()


def show_steps(number, frame):
    print(odometer.read())


def count_steps(sensor):
    for _ in sensor:
        odometer.add()


def walk(sensor):
    signal.signal(signal.SIGUSR2, show_steps)
    threading.Thread(target=count_steps, args=(sensor,)).start()


class Subscriber:
    """A method that holds the lock holds the object, too: it is not collected meanwhile."""

    def __init__(self):
        self._lock = threading.Lock()
        self._frames = 0

    def take(self, frame):
        with self._lock:
            self._frames += len(frame)

    def shut_down(self):
        with self._lock:  # ok: lock-in-finalizer
            self._frames = 0

    def __del__(self):
        self.shut_down()
