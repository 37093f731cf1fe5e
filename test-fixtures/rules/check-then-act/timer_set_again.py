"""A timer that is tested and then used, while it clears the attribute itself when it fires."""
import threading


class Doorbell:
    def __init__(self, ring):
        self._ring = ring
        self._timer = None

    def press(self):
        if self._timer is not None:  # evidence: check-then-act
            self._timer.cancel()  # expect: check-then-act "it may be `None`"
        self._timer = threading.Timer(0.2, self._fire)
        self._timer.start()

    def _fire(self):
        self._timer = None  # evidence: check-then-act
        self._ring()


class QuietDoorbell:
    def __init__(self, ring):
        self._ring = ring
        self._timer = None

    def press(self):
        timer = self._timer
        if timer is not None:
            timer.cancel()  # ok: check-then-act
        self._timer = threading.Timer(0.2, self._fire)
        self._timer.start()

    def _fire(self):
        self._timer = None
        self._ring()


def main(doors):
    bell = Doorbell(print)
    quiet = QuietDoorbell(print)
    for _ in doors:
        threading.Thread(target=bell.press).start()
        threading.Thread(target=quiet.press).start()
