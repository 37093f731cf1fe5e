"""What `with` enters, and methods that a function in the class makes."""
import threading


class Link:
    def __init__(self):
        self.sent = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


class Hub:
    def __init__(self):
        self.link = Link()
        self.calls = 0
        for _ in range(3):
            threading.Thread(target=self._run).start()

    def _run(self):
        with self.link as link:
            link.sent += 1  # expect: nonatomic-update "link.sent"
        self.ring(1)

    @staticmethod
    def _make(step):
        def ring(self, count):
            self.calls += step * count  # fn: nonatomic-update

        return ring

    ring = _make.__func__(2)
