"""Prints the state every second from a thread of its own."""
import threading
import time


class Monitor:
    def __init__(self, statistics):
        self._statistics = statistics
        self._listeners = {}
        self._print_lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._stopped = True
        self._thread.join()

    def listen(self, name, listener):
        self._listeners[name] = listener

    def leave(self, name):
        self._listeners.pop(name, None)

    def _run(self):
        while not self._stopped:
            total = self._statistics.total()
            for listener in self._listeners.values():
                listener(total)
            self._show(total)
            time.sleep(1)

    def _show(self, total):
        self._print_lock.acquire()
        print(f"{total:,} bytes so far")
        self._print_lock.release()

    def say(self, line):
        with self._print_lock:
            if self._stopped:
                self._print_lock.release()
                return
            print(line)


class Arrival:
    def __init__(self):
        self.arrived = False
        self.callbacks = []
        threading.Thread(target=self._wait).start()

    def then(self, callback):
        if self.arrived:
            callback()
        else:
            self.callbacks.append(callback)

    def _wait(self):
        input()
        self.arrived = True
        for callback in list(self.callbacks):
            callback()


class Heartbeat:
    def __init__(self):
        self._quit = threading.Event()

    def start(self):
        self._quit = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def again(self):
        self._quit.set()
        self.start()

    def _beat(self):
        while not self._quit.is_set():
            time.sleep(1)


def beat_anew(times):
    heartbeat = Heartbeat()
    for _ in range(times):
        heartbeat.again()


class Journal:
    def __init__(self, path):
        self._file = open(path, "a")
        threading.Thread(target=self._write, daemon=True).start()

    def _write(self):
        while True:
            self._file.write("alive\n")
            time.sleep(1)

    def end(self):
        self._file = None


def write_for(path, seconds):
    journal = Journal(path)
    time.sleep(seconds)
    journal.end()
