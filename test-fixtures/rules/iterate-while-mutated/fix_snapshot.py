"""A copy made by one call; where a class has a lock, see the others."""
import threading

names = {}


def watch(name):
    names[name] = len(name)
    names.pop(name, None)


def show():
    for name in names:  # expect: iterate-while-mutated
        print(name)
    for name, size in names.items():  # expect: iterate-while-mutated
        print(name, size)


def main():
    for name in "abc":
        threading.Thread(target=watch, args=(name,)).start()
    show()
