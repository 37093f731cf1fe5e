"""Public methods of a program that its own loop calls with the lock held, an overriding one among them."""
import threading


class Station:
    def __init__(self):
        self.count = 0
        self.lock = threading.Lock()

    def start(self, number):
        for _ in range(number):
            threading.Thread(target=self._loop).start()

    def _loop(self):
        while True:
            with self.lock:
                self.serve()

    def serve(self):
        raise NotImplementedError


class Counting(Station):
    def serve(self):
        self.count += 1
        self.note()

    def note(self):
        self.count += 2


class Waiter:
    def serve(self):
        return "soup"


waiter = Waiter()
waiter.serve()
Counting().start(4)
