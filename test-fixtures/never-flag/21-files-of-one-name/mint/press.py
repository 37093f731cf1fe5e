import threading

_lock = threading.Lock()
struck = 0


def strike():
    global struck
    with _lock:
        struck += 1


threading.Thread(target=strike).start()
strike()
