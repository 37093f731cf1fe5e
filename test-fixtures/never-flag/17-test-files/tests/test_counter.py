# Never flag 17: the module state and fixtures of test files.
import threading

import pytest

calls = 0
made = {}
_server = None


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def add(self):
        with self.lock:
            self.value += 1


@pytest.fixture
def server():
    global _server
    if _server is None:
        _server = object()
    return _server


def record():
    global calls
    calls += 1
    made[calls] = True


def test_counts():
    counter = Counter()
    threads = [threading.Thread(target=counter.add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 8


def test_records(server):
    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made and server
