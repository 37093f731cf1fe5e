"""A thread that is its own object, in a local of the function that starts it: before the start and after the end nobody else has it."""
import threading


class Counter(threading.Thread):
    def __init__(self):
        super().__init__()
        self.count = 0

    def run(self):
        for _ in range(100):
            self.count += 1  # expect: nonatomic-update


def use():
    counter = Counter()
    counter.count += 1  # ok: nonatomic-update
    counter.start()
    counter.count += 1  # expect: nonatomic-update
    counter.join()
    counter.count += 1  # ok: nonatomic-update


use()
