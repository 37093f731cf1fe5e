"""A socket that each call makes for the one worker that it starts, and one that all workers have."""
import threading

import zmq


class Worker:
    def __init__(self, socket):
        self.socket = socket

    def serve(self):
        while True:
            self.socket.send(self.socket.recv())  # ok: unsafe-object-shared


class Pool:
    def __init__(self, size):
        self.context = zmq.Context()
        self.jobs = [self.make_worker() for _ in range(size)]

    def make_worker(self):
        socket = self.context.socket(zmq.REP)
        worker = Worker(socket)
        return threading.Thread(target=worker.serve)

    def start(self):
        for job in self.jobs:
            job.start()


class Clerk:
    def __init__(self, socket):
        self.socket = socket

    def serve(self):
        while True:
            self.socket.send(b"next")  # expect: unsafe-object-shared


class Office:
    def __init__(self, size):
        socket = zmq.Context().socket(zmq.REP)
        for _ in range(size):
            clerk = Clerk(socket)
            threading.Thread(target=clerk.serve).start()
