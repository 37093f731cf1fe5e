"""Several threads sleep on one condition, each until its own answer is there."""
import threading


class Replies:
    def __init__(self):
        self._came = threading.Condition()
        self._answers = {}

    def fetch(self, number):
        with self._came:
            while number not in self._answers:
                self._came.wait()  # evidence: lost-wakeup
            return self._answers.pop(number)

    def store(self, number, answer):
        with self._came:
            self._answers[number] = answer
            self._came.notify()  # expect: lost-wakeup "Several threads wait in `Replies.fetch`, each for something else"


class AllWoken:
    def __init__(self):
        self._came = threading.Condition()
        self._answers = {}

    def fetch(self, number):
        with self._came:
            while number not in self._answers:
                self._came.wait()
            return self._answers.pop(number)

    def store(self, number, answer):
        with self._came:
            self._answers[number] = answer
            self._came.notify_all()  # ok: lost-wakeup


class AnyOne:
    """Whoever wakes may take what is there."""

    def __init__(self):
        self._came = threading.Condition()
        self._orders = []

    def fetch(self, cook):
        with self._came:
            while not self._orders:
                self._came.wait()
            return cook, self._orders.pop()

    def store(self, order):
        with self._came:
            self._orders.append(order)
            self._came.notify()  # ok: lost-wakeup


def main(numbers):
    replies, woken, anyone = Replies(), AllWoken(), AnyOne()
    for number in numbers:
        threading.Thread(target=replies.fetch, args=(number,)).start()
        threading.Thread(target=woken.fetch, args=(number,)).start()
        threading.Thread(target=anyone.fetch, args=(number,)).start()
    for number in numbers:
        replies.store(number, number)
        woken.store(number, number)
        anyone.store(number)
