"""Threads that follow each other, and threads of which each has an object of its own."""
import threading


class Stage:
    def __init__(self):
        self.seen = 0

    def first(self):
        self.seen += 1  # ok: nonatomic-update

    def second(self):
        self.seen += 1  # ok: nonatomic-update


def in_turn():
    stage = Stage()
    before = threading.Thread(target=stage.first)
    before.start()
    before.join()
    after = threading.Thread(target=stage.second)
    after.start()
    after.join()
    print(stage.seen)


class Feeder(threading.Thread):
    def __init__(self):
        super().__init__()
        self.fed = 0

    def run(self):
        self.fed += 1  # ok: nonatomic-update


def feed_left():
    Feeder().start()


def feed_right():
    Feeder().start()


in_turn()
feed_left()
feed_right()
