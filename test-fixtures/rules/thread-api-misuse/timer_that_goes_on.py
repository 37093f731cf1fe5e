"""A timer whose function starts the next one cannot be stopped by `cancel()` alone."""
import threading


class Beacon:
    def __init__(self, send):
        self.send = send
        self._timer = None

    def start(self):
        self._timer = threading.Timer(5, self._flash)
        self._timer.start()

    def _flash(self):
        self.send("on")
        self.start()

    def stop(self):
        if self._timer is not None:
            self._timer.cancel()  # expect: thread-api-misuse "does not stop a timer that is just running"
            self._timer = None


class Lamp:
    """Asks before it goes on."""

    def __init__(self, send):
        self.send = send
        self._lock = threading.Lock()
        self._stopped = False
        self._timer = None

    def start(self):
        with self._lock:
            if self._stopped:
                return
            self._timer = threading.Timer(5, self._flash)
            self._timer.start()

    def _flash(self):
        self.send("on")
        self.start()

    def stop(self):
        with self._lock:
            self._stopped = True
            self._timer.cancel()  # ok: thread-api-misuse


class Saver:
    """Starts one at a time, and none from its own function."""

    def __init__(self, save):
        self.save = save
        self._timer = None

    def touch(self):
        if self._timer is not None:
            self._timer.cancel()  # ok: thread-api-misuse
        self._timer = threading.Timer(1, self._fire)
        self._timer.start()

    def _fire(self):
        self.save()

    def close(self):
        self._timer.cancel()  # ok: thread-api-misuse


class Clock:
    """Tells the timer by an event."""

    def __init__(self, tick):
        self.tick = tick
        self._over = threading.Event()
        self._arm()

    def _arm(self):
        self._timer = threading.Timer(1, self._ring)
        self._timer.start()

    def _ring(self):
        self.tick()
        if not self._over.is_set():
            self._arm()

    def stop(self):
        self._over.set()
        self._timer.cancel()  # ok: thread-api-misuse


class Pulse:
    def __init__(self, beat):
        self.beat = beat
        self._arm()

    def _arm(self):
        timer = threading.Timer(1, self._ring)
        timer.daemon = True
        self._timer = timer
        timer.start()

    def _ring(self):
        self.beat()
        self._arm()

    def put_off(self):
        self._timer.cancel()  # ok: thread-api-misuse
        self._arm()

    def close(self):
        self._timer.cancel()  # expect: thread-api-misuse
