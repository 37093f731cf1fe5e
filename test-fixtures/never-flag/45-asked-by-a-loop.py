# settings: profile=library
"""Collectors that a request handler of an event loop asks, and state of the class of that handler."""
import prometheus_client
from prometheus_client.registry import Collector
from tornado import web


class Kiln:
    def __init__(self):
        self.fired = 0
        self.heat = 0

    def note(self, degrees):
        self.fired += 1
        self.heat += degrees
        return self.heat


class KilnCollector(Collector):
    def __init__(self, kiln: Kiln):
        self.kiln = kiln

    def collect(self):
        yield prometheus_client.Gauge("heat", "how hot it is").set(self.kiln.note(1))


class MetricsHandler(web.RequestHandler):
    _collector = None

    def initialize(self, kiln):
        if MetricsHandler._collector is None:
            MetricsHandler._collector = KilnCollector(kiln)

    def get(self):
        self.write(prometheus_client.generate_latest())
