"""The program runs in a thread where a toolkit wants the main one, and what is done with the toolkit runs beside it."""
import sys
import threading

JOBS = {}
MENU = {}


class Worker(threading.Thread):
    def run(self):
        while JOBS:
            JOBS.popitem()


def main():
    JOBS["first"] = 1
    for name in JOBS:  # ok: iterate-while-mutated
        print(name)
    Worker().start()
    for name in JOBS:  # expect: iterate-while-mutated "runs `Worker.run`"
        print(name)
    MENU.pop("quit", None)


def show_menu():
    for name in MENU:  # expect: iterate-while-mutated "runs `main`"
        print(name)


if __name__ == "__main__":
    if sys.platform == "darwin":
        threading.Thread(target=main).start()
        show_menu()
    else:
        main()
