"""The metrics server asks while the program works."""
import time

from prometheus_client import Gauge, start_http_server


class Oven:
    def __init__(self, clock):
        self.clock = clock
        self.loaded = None
        Gauge("oven_seconds", "how long the bread is in").set_function(self.age)

    def age(self):
        if self.loaded is None:
            return 0.0
        return time.time() - self.loaded.timestamp()  # expect: check-then-act "it may be `None`"

    def bake(self):
        self.loaded = self.clock()
        time.sleep(600)
        self.loaded = None


def main(clock):
    start_http_server(9100)
    oven = Oven(clock)
    while True:
        oven.bake()
