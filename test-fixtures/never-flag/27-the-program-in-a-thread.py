"""
The program runs in a thread of its own where a toolkit wants the main one, and in the main thread elsewhere: there is one of
it. What it does before it starts a worker runs beside nothing.
"""
import sys
import threading

TABLE = {}


class Meter:
    def __init__(self):
        self.total = 0
        self.per_day = {}

    def add(self, day, amount):
        self.total += amount
        self.per_day[day] = self.per_day.get(day, 0) + amount

    def forget(self, day):
        if day in self.per_day:
            del self.per_day[day]

    def days(self):
        for day in self.per_day:
            print(day)


METER = Meter()


class Worker(threading.Thread):
    def run(self):
        for name in TABLE:
            print(name)


def load():
    for line in sys.stdin:
        TABLE[line] = len(TABLE)
    if "x" in TABLE:
        del TABLE["x"]


def main():
    load()
    Worker().start()
    METER.add("today", 1)
    METER.forget("today")
    METER.days()


if __name__ == "__main__":
    if sys.platform == "win32":
        main()
    elif sys.platform == "darwin":
        import toolkit

        class Program(threading.Thread):
            def run(self):
                main()
                toolkit.stop()

        Program().start()
        toolkit.run()
    else:
        main()
