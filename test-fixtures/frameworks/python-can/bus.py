"""Frames that a notifier hands to a listener, beside the main thread."""
import threading
import time

import can


class Counter(can.Listener):
    def __init__(self):
        self.errors = 0
        self.frames = 0
        self.lock = threading.Lock()

    def on_message_received(self, msg):
        if msg.is_error_frame:
            self.errors += 1  # expect: nonatomic-update "notifier thread"
        with self.lock:
            self.frames += 1  # ok: nonatomic-update


def main():
    counter = Counter()
    can.Notifier(can.Bus(), [counter])
    while True:
        time.sleep(1)
        print(counter.errors)
        counter.errors -= counter.errors  # expect: nonatomic-update
        with counter.lock:
            counter.frames = 0


main()
