"""A custom collector: Prometheus calls `collect` in a thread per scrape. Metrics lock for themselves."""
from prometheus_client import Counter, start_http_server
from prometheus_client.core import REGISTRY, GaugeMetricFamily
from prometheus_client.registry import Collector

jobs_total = Counter("jobs_total", "Jobs done")


class QueueCollector(Collector):
    def __init__(self):
        self.scrapes = 0

    def collect(self):
        self.scrapes += 1  # expect: nonatomic-update
        jobs_total.inc()
        yield GaugeMetricFamily("queue_scrapes", "Scrapes", value=self.scrapes)


def main():
    REGISTRY.register(QueueCollector())
    start_http_server(8000)
