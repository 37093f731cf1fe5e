"""Threads that are no daemons, and daemons that write nothing that must be whole."""
import queue
import threading
import time

lines = queue.Queue()


def write():
    with open("rows.txt", "w") as target:
        while (line := lines.get()) is not None:
            target.write(line)


def log():
    while True:
        with open("log.txt", "a") as target:
            target.write(lines.get())


def watch():
    while True:
        time.sleep(1)
        print(lines.qsize())


def read():
    while True:
        with open(lines.get()) as source:
            print(source.read())


threading.Thread(target=write).start()  # ok: daemon-thread-loses-work
threading.Thread(target=log, daemon=True).start()  # ok: daemon-thread-loses-work
threading.Thread(target=watch, daemon=True).start()  # ok: daemon-thread-loses-work
threading.Thread(target=read, daemon=True).start()  # ok: daemon-thread-loses-work
