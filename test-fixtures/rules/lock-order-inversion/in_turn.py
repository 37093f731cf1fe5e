# settings: level=warning
"""Both orders are taken, but never by two threads at the same time."""
import threading


class OneWorker:
    def __init__(self):
        self.accounts = threading.Lock()
        self.journal = threading.Lock()
        threading.Thread(target=self.run).start()

    def run(self):
        self._forwards()
        self._backwards()

    def _forwards(self):
        with self.accounts:
            with self.journal:  # ok: lock-order-inversion
                pass

    def _backwards(self):
        with self.journal:
            with self.accounts:  # ok: lock-order-inversion
                pass


class OneAfterTheOther:
    def __init__(self):
        self.accounts = threading.Lock()
        self.journal = threading.Lock()

    def _forwards(self):
        with self.accounts:
            with self.journal:  # ok: lock-order-inversion
                pass

    def _backwards(self):
        with self.journal:
            with self.accounts:  # ok: lock-order-inversion
                pass


def main():
    OneWorker()
    pair = OneAfterTheOther()
    first = threading.Thread(target=pair._forwards)
    first.start()
    first.join()
    second = threading.Thread(target=pair._backwards)
    second.start()
    second.join()


main()
