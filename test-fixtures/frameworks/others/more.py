"""Further ways into a thread, one of each library."""
import threading
import time

from asgiref.sync import sync_to_async
from tornado.concurrent import run_on_executor
from tqdm.contrib.concurrent import thread_map
from twisted.internet.threads import deferToThread

resized = 0
stored = 0
looked_up = 0
mailed = 0
beats = 0


def resize(path):
    global resized
    resized += 1  # expect: nonatomic-update


def store(row):
    global stored
    stored += 1  # expect: nonatomic-update


def look_up(name):
    global looked_up
    looked_up += 1  # ok: nonatomic-update


def mail(address):
    global mailed
    mailed += 1  # expect: nonatomic-update


class Images:
    def __init__(self, executor):
        self.executor = executor
        self.scaled = 0

    @run_on_executor
    def scale(self, image):
        self.scaled += 1  # expect: nonatomic-update
        return image


class Heartbeat(threading.Thread):
    """Started by whoever uses the module."""

    def __init__(self):
        super().__init__()
        self.missed = {}

    def run(self):
        while True:
            self.missed[time.time()] = 1

    def report(self):
        for name in self.missed:  # expect: iterate-while-mutated
            print(name)


async def main(paths, rows):
    thread_map(resize, paths)
    await sync_to_async(look_up)("x")
    await sync_to_async(store, thread_sensitive=False)(rows)
    deferToThread(mail, "a@example.org")
