"""The old thread sleeps while its flag is set and taken back."""
import threading
import time


class Heartbeat:
    def __init__(self, send):
        self._send = send
        self._quit = threading.Event()

    def start(self):
        self._quit = threading.Event()  # expect: stop-flag-reused "The old thread may never see that `self._quit` was set"
        threading.Thread(target=self._beat, daemon=True).start()

    def stop(self):
        self._quit.set()  # evidence: stop-flag-reused

    def _beat(self):
        while not self._quit.is_set():  # evidence: stop-flag-reused
            self._send()
            time.sleep(5)


def reconnect(send, addresses):
    heartbeat = Heartbeat(send)
    heartbeat.start()
    for _ in addresses:
        heartbeat.stop()
        heartbeat.start()  # evidence: stop-flag-reused


class Sampler:
    def __init__(self):
        self._done = threading.Event()
        self._samples = []

    def _begin(self):
        self._done.clear()  # expect: stop-flag-reused
        thread = threading.Thread(target=self._sample)
        thread.start()

    def _sample(self):
        while not self._done.wait(1.0):
            self._samples.append(time.time())

    def reset(self):
        self._done.set()
        self._begin()


def main(clicks):
    sampler = Sampler()
    for _ in clicks:
        sampler.reset()
