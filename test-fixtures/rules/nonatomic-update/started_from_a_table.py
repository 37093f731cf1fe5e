"""Threads that a loop over a table of functions starts: each function runs once, beside the others."""
import threading

parts = 0
pages = 0
alone = 0
twice = 0


def read():
    global parts
    for _ in range(100):
        parts += 1  # expect: nonatomic-update


def write():
    global parts, alone
    for _ in range(100):
        parts -= 1  # expect: nonatomic-update
        alone += 1  # ok: nonatomic-update


def start():
    for name, work in (("read", read), ("write", write)):
        threading.Thread(target=work, name=name).start()


def scan():
    global pages
    pages += 1  # expect: nonatomic-update


def show():
    global pages
    pages -= 1  # expect: nonatomic-update


WORK = {"scan": scan, "show": show}


def start_all():
    threads = [threading.Thread(target=work, name=name) for name, work in WORK.items()]
    for thread in threads:
        thread.start()


class Station:
    def __init__(self):
        self.trains = 0
        self.calls = 0

    def arrive(self):
        self.trains += 1  # expect: nonatomic-update

    def leave(self):
        self.trains -= 1  # expect: nonatomic-update

    def call(self):
        self.calls += 1  # ok: nonatomic-update

    def open(self):
        for number, work in enumerate((self.arrive, self.leave, self.call)):
            threading.Thread(target=work, name=f"track {number}").start()


def repeat():
    global twice
    twice += 1  # expect: nonatomic-update


def start_often():
    for _ in range(3):
        for work in (repeat,):
            threading.Thread(target=work).start()
