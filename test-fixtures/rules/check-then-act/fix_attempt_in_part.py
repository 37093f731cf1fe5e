"""The use without the test where it is a part of its statement, where there is an `else`, and where the test leaves first."""
import threading
from collections import deque


class Desk:
    def __init__(self):
        self._waiting = deque()
        self._names = {}
        self._seats = {}
        for number in range(3):
            threading.Thread(target=self.work).start()
            threading.Thread(target=self.greet, args=(number,)).start()
            threading.Thread(target=self.seat, args=(number,)).start()
            threading.Thread(target=self.leave, args=(number,)).start()
            threading.Thread(target=self.next).start()

    def work(self):
        while self._waiting:
            print("serves", self._waiting.popleft())  # expect: check-then-act
            print("done")

    def greet(self, number):
        if number in self._names:
            print("hello", self._names[number])  # expect: check-then-act
            print("welcome")

    def seat(self, number):
        if number in self._seats:
            return self._seats[number]  # expect: check-then-act
        else:
            return None

    def leave(self, number):
        if number not in self._names:
            return
        del self._names[number]  # expect: check-then-act
        print("left")

    def next(self):
        if self._waiting:
            return len(self._waiting.popleft())  # expect: check-then-act
        return 0

    def enter(self, number, name):
        self._names[number] = name
        self._seats[number] = name
        self._waiting.append(name)

    def give_up(self, number):
        self._seats.pop(number, None)
