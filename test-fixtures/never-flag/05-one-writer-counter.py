# Never flag 5: a counter that only one thread updates; others only look at it.
import threading
import time


class Meter:
    def __init__(self, source):
        self._source = source
        self._lines = 0
        self._bytes = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def _run(self):
        for line in self._source:
            self._lines += 1
            self._bytes = self._bytes + len(line)

    def lines(self):
        return self._lines

    def rate(self, seconds):
        return self._bytes / seconds


ticks = 0


def tick():
    global ticks
    while True:
        ticks += 1
        time.sleep(1)


def main():
    threading.Thread(target=tick, daemon=True).start()
    while ticks < 10:
        time.sleep(0.1)


if __name__ == "__main__":
    main()
