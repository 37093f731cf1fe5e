# settings: level=warning
"""A lock that its name ties to the state but that is held at a minority of the places is a guess: a note, no warning."""
import threading


class Basket:
    def __init__(self):
        self.fruit_lock = threading.Lock()
        self.fruits = []

    def put(self, fruit):
        with self.fruit_lock:
            self.fruits.append(fruit)

    def any(self):
        return bool(self.fruits) or len(self.fruits) > 0

    def eat(self):
        for fruit in self.fruits:  # ok: inconsistent-lock
            fruit.eat()
