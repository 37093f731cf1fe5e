"""A class that is a thread ends itself, or is ended by its owner under the lock that it takes."""
from threading import Event, RLock, Thread
from typing import Optional


class Painter(Thread):
    def __init__(self, board: "Board"):
        self.board = board
        self.done = Event()
        super().__init__()

    def stop(self):
        self.done.set()
        self.join()

    def run(self):
        while not self.done.wait(0.1):
            self.board.paint()


class Board:
    def __init__(self):
        self._lock = RLock()
        self._painter: Optional[Painter] = None

    def start(self):
        with self._lock:
            self._painter = Painter(self)
            self._painter.start()

    def stop(self):
        with self._lock:
            if self._painter is not None:
                self._painter.stop()  # expect: blocking-under-lock "Painter.run"

    def stop_directly(self):
        with self._lock:
            self._painter.join()  # expect: blocking-under-lock "Painter.run"

    def stop_right(self):
        with self._lock:
            painter, self._painter = self._painter, None
        if painter is not None:
            painter.stop()  # ok: blocking-under-lock

    def paint(self):
        with self._lock:
            print("painted")


class Names:
    def join(self, separator=","):
        return separator

    def shown(self):
        with Board()._lock:
            return self.join()  # ok: blocking-under-lock


if __name__ == "__main__":
    from boards import Board
