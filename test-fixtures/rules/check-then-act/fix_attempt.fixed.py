"""The use without the test, with the error that another thread causes by being first."""
import threading
from collections import deque

waiting = deque()
names = []
running = {}


def work():
    while True:
        try:
            job = waiting.popleft()  # expect: check-then-act
        except IndexError:
            break
        print(job)


def leave(name):
    try:
        names.remove(name)  # expect: check-then-act
    except ValueError:
        pass


def stop(job):
    try:
        name = running.pop(job)  # expect: check-then-act
    except KeyError:
        pass
    else:
        print(name)


def start(job, name):
    running[job] = name
    names.append(name)
    waiting.append(job)


for number in range(3):
    threading.Thread(target=work).start()
    threading.Thread(target=leave, args=(number,)).start()
    threading.Thread(target=stop, args=(number,)).start()
