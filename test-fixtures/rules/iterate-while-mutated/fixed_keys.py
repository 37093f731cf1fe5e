"""A key that is written out is new to a table that was made without it."""
import threading
import time

status = {"started": time.time(), "jobs": 0}
named = {}
named["first"] = 1
totals = {"jobs": 0, 'errors': 0}


def work(job):
    try:
        job()
        totals["jobs"] = 1
    except ValueError as error:
        status["last error"] = repr(error)
        totals["errors"] = 1
    named["first"] = 2


def report():
    for name, value in status.items():  # expect: iterate-while-mutated
        print(name, value)
    for name, value in totals.items():  # ok: iterate-while-mutated
        print(name, value)
    for name, value in named.items():  # ok: iterate-while-mutated
        print(name, value)


def main():
    for job in (time.time, time.monotonic):
        threading.Thread(target=work, args=(job,)).start()
    report()


if __name__ == "__main__":
    main()
