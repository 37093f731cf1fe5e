"""A wait that tests nothing before it, for what comes once: it may have come already."""
import threading

_NOTHING = object()


class Answer:
    def __init__(self):
        self._changed = threading.Condition()
        self._error = _NOTHING
        self.value = None

    def put(self, value):
        with self._changed:
            self.value = value
            self._error = None
            self._changed.notify_all()

    def fail(self, error):
        with self._changed:
            self._error = error
            self._changed.notify_all()

    def get(self, timeout=None):
        with self._changed:
            if self._error is not _NOTHING:
                return self.value
            self._changed.wait(timeout)
            if self._error is not _NOTHING:
                return self.value
        raise TimeoutError

    def wait(self, timeout=None):
        with self._changed:
            self._changed.wait(timeout)  # expect: lost-wakeup "may have come"
        return self._error is not _NOTHING


class Ready:
    def __init__(self):
        self._changed = threading.Condition()
        self._done = False

    def finish(self):
        with self._changed:
            self._done = True
            self._changed.notify_all()

    def result(self):
        with self._changed:
            while not self._done:
                self._changed.wait()

    def pause(self, timeout):
        with self._changed:
            self._changed.wait(timeout)  # expect: lost-wakeup
            return self._done


class Frames:
    """The next one is waited for: what has come before does not count."""

    def __init__(self):
        self._changed = threading.Condition()
        self._frame = None

    def show(self, frames):
        for frame in frames:
            with self._changed:
                self._frame = frame
                self._changed.notify_all()

    def first(self):
        with self._changed:
            while self._frame is None:
                self._changed.wait()
            return self._frame

    def following(self, timeout):
        with self._changed:
            self._changed.wait(timeout)  # ok: lost-wakeup
            return self._frame


class Door:
    """It opens and shuts."""

    def __init__(self):
        self._changed = threading.Condition()
        self._open = False

    def open(self):
        with self._changed:
            self._open = True
            self._changed.notify_all()

    def shut(self):
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def enter(self):
        with self._changed:
            while not self._open:
                self._changed.wait()

    def pause(self, timeout):
        with self._changed:
            self._changed.wait(timeout)  # ok: lost-wakeup
            return self._open


class Tested:
    """The caller looks first."""

    def __init__(self):
        self._changed = threading.Condition()
        self._done = False

    def finish(self):
        with self._changed:
            self._done = True
            self._changed.notify_all()

    def result(self):
        with self._changed:
            while not self._done:
                self._changed.wait()

    def peek(self, timeout):
        with self._changed:
            if not self._done:
                self._pause(timeout)
            return self._done

    def _pause(self, timeout):
        self._changed.wait(timeout)  # ok: lost-wakeup
        return self._done
