"""Every object locks for itself what all of them share."""
import threading

_total = 0


class Till:
    open_tills = 0
    _known = {}

    def __init__(self, name):
        self.name = name
        self._lock = threading.Lock()

    def open(self):
        with self._lock:
            Till.open_tills += 1  # expect: lock-of-one-instance "`Till.open_tills`"

    def register(self):
        with self._lock:
            if self.name not in Till._known:
                Till._known[self.name] = self  # expect: lock-of-one-instance "`self._lock`"

    def pay(self, amount):
        global _total
        with self._lock:
            _total += amount  # expect: lock-of-one-instance "belongs to the module"


def main(names):
    tills = [Till(name) for name in names]
    for till in tills:
        threading.Thread(target=till.open).start()
        threading.Thread(target=till.pay, args=(1,)).start()
        threading.Thread(target=till.register).start()
