"""A thread that is made with its object and started later is the only one of that object."""
import threading


class Oven:
    def __init__(self, name):
        self.name = name
        self.baked = 0
        self._thread = threading.Thread(target=self._bake)

    def light(self):
        self._thread.start()

    def _bake(self):
        self.baked += 1  # ok: nonatomic-update


class Grill:
    def __init__(self):
        self.turned = 0

    def light(self):
        self._thread = threading.Thread(target=self._turn)
        self._thread.start()

    def _turn(self):
        self.turned += 1  # expect: nonatomic-update


class Tally:
    def __init__(self):
        self.plates = 0

    def count(self):
        self.plates += 1  # expect: nonatomic-update


class Waiter:
    def __init__(self, tally):
        self._thread = threading.Thread(target=tally.count)

    def serve(self):
        self._thread.start()


class Kitchen:
    def __init__(self, names):
        self.tally = Tally()
        self.ovens = [Oven(name) for name in names]
        self.grills = [Grill() for _ in names]
        self.waiters = [Waiter(self.tally) for _ in names]

    def open(self):
        for oven in self.ovens:
            oven.light()
        for grill in self.grills:
            grill.light()
        for waiter in self.waiters:
            waiter.serve()


kitchen = Kitchen("ab")
kitchen.open()
kitchen.open()
