"""The test and what relies on it go under one lock, with everything else that changes the state."""
import threading


class Pantry:
    def __init__(self):
        self.jars = []
        self.eaten = False
        for _ in range(3):
            threading.Thread(target=self.eat).start()

    def fill(self, jar):
        self.jars.append(jar)

    def eat(self):
        if len(self.jars) > 0:
            self.eaten = True
            jar = self.jars.pop()  # expect: check-then-act
            return jar
        return None
