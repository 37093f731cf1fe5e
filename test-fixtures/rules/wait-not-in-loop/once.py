"""What was waited for is taken for granted."""
import threading


class Oven:
    def __init__(self):
        self._ready = threading.Condition()
        self._loaves = []
        self._answers = {}
        self._hot = False

    def bake(self, loaf):
        with self._ready:
            self._loaves.append(loaf)
            self._hot = True
            self._ready.notify()

    def take(self):
        with self._ready:
            if not self._loaves:
                self._ready.wait()  # expect: wait-not-in-loop "nothing tests `self._loaves` again"
            return self._loaves.pop()

    def answer(self, number):
        with self._ready:
            if number not in self._answers:  # evidence: wait-not-in-loop
                self._ready.wait(2.0)  # expect: wait-not-in-loop "The wait also ends when the time is over"
            return self._answers[number]

    def serve(self):
        with self._ready:
            self._ready.wait()  # expect: wait-not-in-loop
            return self._loaves.pop()


class Conveyor:
    def __init__(self):
        self._changed = threading.Condition()
        self._boxes = []
        self._closed = False

    def put(self, box):
        with self._changed:
            self._boxes.append(box)
            self._changed.notify_all()

    def take(self):
        with self._changed:
            if not self._boxes and not self._closed:
                self._changed.wait()  # expect: wait-not-in-loop
            if self._closed and not self._boxes:
                return None
            return self._boxes.pop(0)

    def take_if_any(self):
        with self._changed:
            if not self._boxes:
                self._changed.wait()  # ok: wait-not-in-loop
            if not self._boxes:
                return None
            return self._boxes.pop(0)


def pack(conveyor):
    while (box := conveyor.take()) is not None:
        print(box)


def pack_some(conveyor):
    while True:
        print(conveyor.take_if_any())


threading.Thread(target=pack, args=(Conveyor(),)).start()
threading.Thread(target=pack_some, args=(Conveyor(),)).start()


class Siphon:
    """Whoever calls in a loop does not look either; what was full may be full still."""

    def __init__(self, size):
        self._changed = threading.Condition()
        self._drops = []
        self._size = size

    def pour(self, drop):
        with self._changed:
            if len(self._drops) >= self._size:  # evidence: wait-not-in-loop
                self._changed.wait()  # expect: wait-not-in-loop "nothing tests `self._drops` again"
            self._drops.append(drop)
            self._changed.notify_all()

    def drain(self):
        with self._changed:
            while not self._drops:
                self._changed.wait()
            self._changed.notify_all()
            return self._drops.pop()


def rain(siphon, cloud):
    for drop in cloud:
        siphon.pour(drop)


class Kitchen:
    """Each cook goes round and round, and takes an order after a wait that nothing follows up."""

    def __init__(self):
        self.changed = threading.Condition()
        self.orders = []
        for _ in range(3):
            threading.Thread(target=self.cook).start()

    def order(self, dish):
        with self.changed:
            self.orders.append(dish)
            self.changed.notify_all()

    def cook(self):
        while True:
            with self.changed:
                if not self.orders:
                    self.changed.wait()  # expect: wait-not-in-loop
                dish = self.orders.pop(0)
            print(dish)
