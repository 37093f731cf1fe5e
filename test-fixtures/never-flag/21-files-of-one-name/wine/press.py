import threading

_lock = threading.RLock()
struck = 0


def squeeze():
    with _lock:
        _drain()


def _drain():
    with _lock:
        print("juice")


def strike():
    global struck
    struck += 1
