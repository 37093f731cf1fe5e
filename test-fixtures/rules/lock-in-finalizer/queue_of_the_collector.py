"""A finalizer puts into a queue that ordinary code uses as well: its lock is not reentrant."""
import queue
import threading
import weakref


class Files:
    def __init__(self):
        self._closed = queue.Queue()
        threading.Thread(target=self._sweep, daemon=True).start()

    def _sweep(self):
        while True:
            print("closed", self._closed.get())

    def _gone(self, name):
        self._closed.put(name)  # expect: lock-in-finalizer "SimpleQueue"

    def follow(self, file):
        weakref.finalize(file, self._gone, file.name)


class Cells:
    def __init__(self):
        self._free = queue.SimpleQueue()
        threading.Thread(target=self._sweep, daemon=True).start()

    def _sweep(self):
        while True:
            print("freed", self._free.get())

    def _gone(self, number):
        self._free.put(number)  # ok: lock-in-finalizer

    def follow(self, cell):
        weakref.finalize(cell, self._gone, cell.number)
