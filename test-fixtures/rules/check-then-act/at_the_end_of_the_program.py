# settings: profile=library
"""What a process has once is put away once, when it ends."""

_sampler = None
_reader = None


def start_sampler(sampler):
    global _sampler
    _sampler = sampler


def sample(frame):
    if _sampler is not None:
        _sampler.take(frame)  # ok: check-then-act


def teardown_sampler():
    global _sampler
    if _sampler is not None:
        _sampler.stop()
    _sampler = None


def read(line):
    if _reader is not None:
        _reader.take(line)  # expect: check-then-act


def close_reader():
    """Programs change readers while they run."""
    global _reader
    _reader = None


class Meter:
    def __init__(self):
        self._exporter = None

    def count(self, what):
        if self._exporter is not None:
            self._exporter.send(what)  # ok: check-then-act

    def shutdown(self):
        self._exporter = None


METER = Meter()
