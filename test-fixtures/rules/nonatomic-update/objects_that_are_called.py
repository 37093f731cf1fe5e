"""An object that is called like a function is shared by all who call it."""
import threading


class Limiter:
    def __init__(self):
        self.calls = 0

    def __call__(self, name):
        self.calls += 1  # expect: nonatomic-update
        return name


class Private:
    def __init__(self):
        self.calls = 0

    def __call__(self, name):
        self.calls += 1  # ok: nonatomic-update
        return name


class Debounce:
    """Called by the main thread, and fired by a timer."""

    def __init__(self):
        self.pending = 0

    def __call__(self):
        self.pending += 1  # expect: nonatomic-update
        threading.Timer(1, self._fire).start()

    def _fire(self):
        self.pending = 0


limit = Limiter()
save = Debounce()


class Api:
    def __init__(self):
        self.limit = Limiter()

    def work(self):
        self.limit("a")


def work():
    limit("b")
    own = Private()
    own("c")


api = Api()
for _ in range(3):
    threading.Thread(target=api.work).start()
    threading.Thread(target=work).start()
while True:
    input()
    save()
