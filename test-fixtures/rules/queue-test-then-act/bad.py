"""Queues that are asked first."""
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

waiting = queue.Queue()


class Frames:
    def __init__(self):
        self.frames = queue.Queue(maxsize=2)

    def offer(self, frame):
        if not self.frames.full():
            self.frames.put(frame)  # expect: queue-test-then-act "put_nowait(…)"

    def take(self):
        if self.frames.qsize() > 0:
            return self.frames.get()  # expect: queue-test-then-act "`qsize()` promises no item"
        return None


def work():
    while not waiting.empty():
        print(waiting.get())  # expect: queue-test-then-act "may wait for ever"


def given(jobs):
    while not jobs.empty():
        print(jobs.get())  # expect: queue-test-then-act


frames = Frames()
for _ in range(4):
    threading.Thread(target=work).start()
    threading.Thread(target=given, args=(waiting,)).start()
with ThreadPoolExecutor() as pool:
    pool.submit(frames.offer, 1)
    pool.submit(frames.take)
