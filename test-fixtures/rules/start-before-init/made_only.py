"""A constructor that makes the thread and leaves the start to others."""
import threading


class Mill:
    def __init__(self):
        self.thread = threading.Thread(target=self.grind)
        self.grain = []  # ok: start-before-init

    def grind(self):
        while self.grain:
            print(self.grain.pop())


class Press:
    def __init__(self):
        self.thread = threading.Thread(target=self.squeeze)  # ok: start-before-init
        self.thread.start()  # expect: start-before-init
        self.fruit = []

    def squeeze(self):
        print(self.fruit)


def run(mills):
    for mill in mills:
        mill.thread.start()
