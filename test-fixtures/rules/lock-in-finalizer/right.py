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
