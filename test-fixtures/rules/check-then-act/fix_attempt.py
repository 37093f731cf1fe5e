"""The use without the test, with the error that another thread causes by being first."""
import threading
from collections import deque

waiting = deque()
names = []
running = {}


def work():
    while waiting:
        job = waiting.popleft()  # expect: check-then-act
        print(job)


def leave(name):
    if name in names:
        names.remove(name)  # expect: check-then-act


def stop(job):
    if job in running:
        name = running.pop(job)  # expect: check-then-act
        print(name)


def start(job, name):
    running[job] = name
    names.append(name)
    waiting.append(job)


for number in range(3):
    threading.Thread(target=work).start()
    threading.Thread(target=leave, args=(number,)).start()
    threading.Thread(target=stop, args=(number,)).start()
