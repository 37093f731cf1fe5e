"""Calls that make the function to be run, and functions handed over as they are."""
import functools
import operator
import threading
from concurrent.futures import ThreadPoolExecutor


def printer(page):
    def run():
        print(page)

    return run


def chosen(page, loud):
    if loud:
        return lambda: print(page.upper())
    return functools.partial(print, page)


class Job:
    def __init__(self, page):
        self.page = page

    def __call__(self):
        print(self.page)

    def prepare(self):
        raise NotImplementedError

    def step(self):
        """Made by subclasses."""

    def cached(self):
        return self.page

    async def later(self):
        print(self.page)


class Quick(Job):
    def prepare(self):
        return self.cached


def decorated(function):
    return function


@decorated
def wrapped(page):
    print(page)


def start(page, job: Job, registry):
    threading.Thread(target=printer(page)).start()  # ok: thread-target-called
    threading.Thread(target=chosen(page, True)).start()  # ok: thread-target-called
    threading.Thread(target=Job(page)).start()  # ok: thread-target-called
    threading.Thread(target=job.prepare()).start()  # ok: thread-target-called
    threading.Thread(target=job.step()).start()  # ok: thread-target-called
    threading.Thread(target=job.cached()).start()  # ok: thread-target-called
    threading.Thread(target=wrapped(page)).start()  # ok: thread-target-called
    threading.Timer(5, registry.get(page)).start()  # ok: thread-target-called
    threading.Timer(5, operator.methodcaller("step")).start()  # ok: thread-target-called
    with ThreadPoolExecutor() as pool:
        pool.submit(functools.partial(printer, page))  # ok: thread-target-called
        pool.submit(print, printer(page))  # ok: thread-target-called
        pool.map(printer(page), [1, 2])  # ok: thread-target-called


class Form:
    def submit(self, page):
        return page


def send(form: Form, page):
    form.submit(print(page))  # ok: thread-target-called
