"""Threads used as they are meant to be, and objects that only look like threads."""
import subprocess
import threading
from threading import Thread


def work():
    print("working")


class Upload(Thread):
    def __init__(self, picture):
        Thread.__init__(self, daemon=True)  # ok: thread-api-misuse
        self.picture = picture

    def run(self):
        print(self.picture)

    def again(self):
        self.run()  # ok: thread-api-misuse


class Resumed(Upload):
    def __init__(self, picture):  # ok: thread-api-misuse
        self._begin(picture)

    def _begin(self, picture):
        super().__init__(picture)

    def run(self):
        super().run()  # ok: thread-api-misuse


class Plain(Thread):
    def run(self):  # ok: thread-api-misuse
        work()


class Machine:
    """No thread at all."""

    def run(self):
        work()

    def start(self):
        return self


def objects(quiet):
    machine = Machine().start()  # ok: thread-api-misuse
    machine.run()  # ok: thread-api-misuse
    subprocess.run(["ls"])  # ok: thread-api-misuse
    upload = Upload("x")
    if quiet:
        upload.run()  # ok: thread-api-misuse
    else:
        upload.start()


def threads():
    found = []
    for n in range(3):
        thread = threading.Thread(target=work)
        thread.daemon = True  # ok: thread-api-misuse
        thread.start()  # ok: thread-api-misuse
        found.append(thread)
    [Upload(n).start() for n in range(3)]  # ok: thread-api-misuse
    for thread in found:
        thread.join()
    thread = threading.Thread(target=work)
    thread.start()  # ok: thread-api-misuse
    return threading.Thread(target=work)


def once(rounds):
    thread = threading.Thread(target=work)
    for one in rounds:
        if one == 1:
            thread.start()  # ok: thread-api-misuse
    thread = None


class Owner:
    def __init__(self):
        self.thread = threading.Thread(target=self.watch)

    def start(self):
        self.thread.start()

    def watch(self):
        if threading.current_thread() is not self.thread:
            self.thread.join()  # ok: thread-api-misuse

    def close(self):
        self.thread.join()  # ok: thread-api-misuse


class Job(threading.Thread):
    def __init__(self):  # ok: thread-api-misuse
        raise NotImplementedError("a job is made by one of its kinds")

    def _set_up(self):
        self.result = None
        threading.Thread.__init__(self)


class CallJob(Job):
    def __init__(self, function):  # ok: thread-api-misuse
        self.function = function
        self._set_up()
