"""Methods that start a thread and only then set what it begins with."""

import queue
import socket
import threading
import time


class Poller:
    def __init__(self):
        self._running = False
        self._thread = None

    def start(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()  # expect: start-before-init "finds it unset, and ends"
        self._running = True  # evidence: start-before-init

    def stop(self):
        self._running = False
        self._thread.join()

    def _run(self):
        while self._running:
            time.sleep(1)


class Worker:
    def __init__(self):
        self._jobs = None

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()  # expect: start-before-init "finds nothing there"
        self._jobs = queue.Queue()

    def _run(self):
        while True:
            self._step()

    def _step(self):
        self._jobs.get()()


class InOrder:
    def __init__(self):
        self._running = False

    def start(self):
        self._running = True
        threading.Thread(target=self._run).start()  # ok: start-before-init

    def _run(self):
        while self._running:
            time.sleep(1)


class WaitsForItsStarter:
    def __init__(self):
        self._ready = False
        self._port = None

    def start(self):
        threading.Thread(target=self._run).start()  # ok: start-before-init
        self._port = socket.create_connection(("localhost", 80))
        self._ready = True

    def _run(self):
        while not self._ready:
            time.sleep(0.1)
        self._port.recv(10)


class WaitsFirst:
    def __init__(self):
        self._running = False
        self._go = threading.Event()

    def start(self):
        threading.Thread(target=self._run).start()  # ok: start-before-init
        self._running = True
        self._go.set()

    def _run(self):
        self._go.wait()
        while self._running:
            time.sleep(1)


class UnderTheLock:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = None

    def start(self):
        with self._lock:
            threading.Thread(target=self._run).start()  # ok: start-before-init
            self._jobs = queue.Queue()

    def _run(self):
        with self._lock:
            self._jobs.put(1)


class HasOneAlready:
    def __init__(self):
        self._out = open("log")

    def start(self):
        threading.Thread(target=self._run).start()  # ok: start-before-init
        self._out = open("other")

    def _run(self):
        self._out.write("x")
