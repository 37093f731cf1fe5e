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
        while True:
            try:
                item = self._waiting.popleft()
            except IndexError:
                break
            print("serves", item)  # expect: check-then-act
            print("done")

    def greet(self, number):
        try:
            value = self._names[number]
        except KeyError:
            pass
        else:
            print("hello", value)  # expect: check-then-act
            print("welcome")

    def seat(self, number):
        try:
            return self._seats[number]  # expect: check-then-act
        except KeyError:
            return None

    def leave(self, number):
        try:
            del self._names[number]  # expect: check-then-act
        except KeyError:
            return
        print("left")

    def next(self):
        try:
            item = self._waiting.popleft()
        except IndexError:
            pass
        else:
            return len(item)  # expect: check-then-act
        return 0

    def enter(self, number, name):
        self._names[number] = name
        self._seats[number] = name
        self._waiting.append(name)

    def give_up(self, number):
        self._seats.pop(number, None)
