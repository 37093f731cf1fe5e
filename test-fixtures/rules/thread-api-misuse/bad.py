"""Calls on threads that fail, or that run nothing in the background."""
import threading
from threading import Thread


def work():
    print("working")


class Upload(Thread):
    def __init__(self, picture):
        super().__init__()
        self.picture = picture

    def run(self):
        print(self.picture)
        self.join()  # expect: thread-api-misuse "wait for itself"


class Speaker(threading.Thread):
    def __init__(self, engine):  # expect: thread-api-misuse "never calls `super().__init__()`"
        self.engine = engine

    def run(self):
        self.engine.speak()


class Booth:
    def __init__(self):
        self.uploads = []
        self.worker = threading.Thread(target=self.watch)

    def start(self):
        self.worker.start()

    def shutter(self, picture):
        upload = Upload(picture)
        upload.run()  # expect: thread-api-misuse "`upload.run()` works here"
        self.uploads.append(upload)

    def watch(self):
        print(self.uploads)
        self.worker.join()  # expect: thread-api-misuse "`self.worker` is told to wait for itself"


def runs():
    Upload("x").run()  # expect: thread-api-misuse "works here"
    thread = threading.Thread(target=work)
    thread.run()  # expect: thread-api-misuse


def keeps_nothing():
    thread = threading.Thread(target=work).start()  # expect: thread-api-misuse "`thread` is `None`"
    thread.join()
    threads = [Upload(n).start() for n in range(3)]  # expect: thread-api-misuse "`threads` holds `None`"
    threads.append(threading.Thread(target=work).start())  # expect: thread-api-misuse "`None` is added"
    threading.Thread(target=work).start().join()  # expect: thread-api-misuse "`join()` is called on `None`"


def twice(rounds):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    thread.start()  # expect: thread-api-misuse "started a second time"
    other = threading.Thread(target=work)
    for _ in rounds:
        other.start()  # expect: thread-api-misuse "in every round"


def daemon_too_late():
    thread = threading.Thread(target=work)
    thread.start()
    thread.daemon = True  # expect: thread-api-misuse "after it was started"
    other = threading.Thread(target=work)
    other.start()
    other.setDaemon(True)  # expect: thread-api-misuse


class Metronome:
    def __init__(self):
        self.thread = None

    def start(self):
        if self.thread is None:
            self.thread = threading.Thread(target=work)
            self.thread.start()
            self.thread.daemon = True  # expect: thread-api-misuse "`self.thread`"


def forgotten():
    threading.Thread(target=work)  # expect: thread-api-misuse "thrown away"
    threading.current_thread().join()  # expect: thread-api-misuse
