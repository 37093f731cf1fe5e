import threading


class Meter:
    def __init__(self):
        self._lock = threading.Lock()
        self._bytes = {}

    def add(self, host, count):
        with self._lock:
            self._bytes[host] = count

    def most(self):
        with self._lock:
            for host in self._bytes:  # expect: iterate-while-mutated "Hold `self._lock` in `Meter.reset` too."
                if self._bytes[host] > 100:
                    return host
        return None

    def reset(self):
        self._bytes.clear()  # expect: inconsistent-lock


def watch(meter):
    while meter.most() is None:
        pass
    meter.reset()


def main():
    meter = Meter()
    for number in range(4):
        threading.Thread(target=meter.add, args=(number, 1)).start()
        threading.Thread(target=watch, args=(meter,)).start()
