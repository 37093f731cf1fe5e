"""Notified before the change, which comes when the lock is free again."""
import threading


class Lock_gate:
    def __init__(self, port):
        self.port = port
        self.open = False
        self.level = 0
        self._changed = threading.Condition()

    def listen(self):
        while True:
            if self.port.read() == b"o":
                with self._changed:
                    self._changed.notify_all()
                self.open = True  # expect: lost-wakeup "notifies first"

    def fill(self, level):
        with self._changed:
            self._changed.notify_all()
            self.level = level  # ok: lost-wakeup

    def pass_through(self):
        with self._changed:
            while not self.open:
                self._changed.wait()

    def moor(self):
        with self._changed:
            while not self.level:
                self._changed.wait()


def main(port):
    gate = Lock_gate(port)
    threading.Thread(target=gate.listen, daemon=True).start()
    threading.Thread(target=gate.fill, args=(4,), daemon=True).start()
    gate.pass_through()
    gate.moor()
