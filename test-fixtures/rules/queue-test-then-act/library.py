# settings: profile=library
"""A library keeps objects to hand out in a queue, and asks before it takes."""
import queue


class Rooms:
    def __init__(self, size):
        self._free = queue.Queue(size)

    def take(self):
        if self._free.empty():
            return object()
        return self._free.get()  # expect: queue-test-then-act "Callers of `Rooms.take`"

    def take_right(self):
        try:
            return self._free.get(block=False)  # ok: queue-test-then-act
        except queue.Empty:
            return object()


class Ordered:
    def __init__(self):
        self._heap = queue.PriorityQueue()

    def __next__(self):
        if self._heap.empty():
            raise StopIteration
        return self._heap.get()  # ok: queue-test-then-act


class Screen:
    """Empties its own queue whenever it is drawn: nothing says that two threads draw it."""

    def __init__(self):
        self._frames = queue.Queue()

    def draw(self):
        while not self._frames.empty():
            print(self._frames.get())  # ok: queue-test-then-act
