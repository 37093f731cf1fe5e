"""Another function than the one that starts a thread waits for its end, in the ways that people write that."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Listed:
    def __init__(self):
        self.handled = 0
        self.threads = []

    def start(self):
        thread = threading.Thread(target=self.run)
        self.threads.append(thread)
        thread.start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        for thread in self.threads:
            thread.join()
        self.handled += 1  # ok: nonatomic-update


class Emptied:
    def __init__(self):
        self.handled = 0
        self.threads = []

    def start(self):
        self.threads.append(threading.Thread(target=self.run))
        self.threads[0].start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        while self.threads:
            self.threads.pop().join()
        self.handled += 1  # ok: nonatomic-update


class EmptiedByName:
    def __init__(self):
        self.handled = 0
        self.threads = []

    def start(self):
        self.threads.append(threading.Thread(target=self.run))
        self.threads[0].start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        while self.threads:
            thread = self.threads.pop()
            thread.join()
        self.handled += 1  # ok: nonatomic-update


class PerhapsNever:
    def __init__(self):
        self.handled = 0
        self.thread = None

    def start(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        if self.thread is not None:
            self.thread.join()
            self.thread = None
        self.handled += 1  # ok: nonatomic-update


class PerhapsNeverByName:
    def __init__(self):
        self.handled = 0
        self.thread = None

    def start(self):
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        thread = self.thread
        if thread:
            thread.join()
        self.handled += 1  # ok: nonatomic-update


class PerhapsEnded:
    def __init__(self):
        self.handled = 0
        self.thread = threading.Thread(target=self.run)

    def start(self):
        self.thread.start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        if self.thread.is_alive():
            self.thread.join()
        self.handled += 1  # ok: nonatomic-update


class ThroughCall:
    def __init__(self):
        self.handled = 0
        self.thread = threading.Thread(target=self.run)

    def start(self):
        self.thread.start()

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def wait(self):
        if self.thread is None:
            return
        self.thread.join()

    def stop(self):
        self.wait()
        self.handled += 1  # ok: nonatomic-update


class OneTask:
    def __init__(self):
        self.handled = 0
        self.pool = ThreadPoolExecutor(1)
        self.task = None

    def start(self):
        self.task = self.pool.submit(self.run)

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        self.task.result()
        self.handled += 1  # ok: nonatomic-update


class PoolThatEnds:
    def __init__(self):
        self.handled = 0
        self.pool = ThreadPoolExecutor(1)

    def start(self):
        self.pool.submit(self.run)

    def run(self):
        self.handled += 1  # ok: nonatomic-update

    def stop(self):
        self.pool.shutdown()
        self.handled += 1  # ok: nonatomic-update


class PoolThatGoesOn:
    def __init__(self):
        self.handled = 0
        self.pool = ThreadPoolExecutor(1)

    def start(self):
        self.pool.submit(self.run)

    def run(self):
        self.handled += 1  # expect: nonatomic-update "self.handled"

    def stop(self):
        self.pool.shutdown(wait=False)
        self.handled += 1  # expect: nonatomic-update "self.handled"


class WaitsWhenTold:
    def __init__(self):
        self.handled = 0
        self.thread = threading.Thread(target=self.run)  # evidence: nonatomic-update

    def start(self):
        self.thread.start()

    def run(self):
        self.handled += 1  # expect: nonatomic-update "self.handled"

    def stop(self, wait):
        if wait:
            self.thread.join()
        self.handled += 1  # expect: nonatomic-update "self.handled"


class OneOfSeveral:
    def __init__(self):
        self.handled = 0
        self.threads = []

    def start(self):
        for _ in range(2):
            self.threads.append(threading.Thread(target=self.run))
        for thread in self.threads:
            thread.start()

    def run(self):
        self.handled += 1  # expect: nonatomic-update "self.handled"

    def stop(self):
        self.threads.pop().join()
        self.handled += 1  # expect: nonatomic-update "self.handled"


def main():
    for kind in (Listed, Emptied, EmptiedByName, PerhapsNever, PerhapsNeverByName, PerhapsEnded, ThroughCall):
        one = kind()
        one.start()
        one.stop()
    for kind in (OneTask, PoolThatEnds, PoolThatGoesOn, OneOfSeveral):
        one = kind()
        one.start()
        one.stop()
    waits = WaitsWhenTold()
    waits.start()
    waits.stop(False)


main()
