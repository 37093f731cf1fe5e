"""What is stepped through and then emptied: no copy, which would leave out what comes in behind it."""
import threading

papers = []


def add(name):
    papers.append(name)


def drop(name):
    papers.remove(name)


def burn():
    for name in papers:  # expect: iterate-while-mutated
        print(name)
    del papers[:]


for _ in range(2):
    threading.Thread(target=add, args=("a",)).start()
    threading.Thread(target=drop, args=("a",)).start()
    threading.Thread(target=burn).start()
