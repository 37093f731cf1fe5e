"""A collection class of which there are many: the thread's is not the one that is iterated."""
import threading


class Bag:
    def __init__(self):
        self.items = set()

    def add(self, item):
        self.items.add(item)

    def __iter__(self):
        for item in self.items:  # ok: iterate-while-mutated
            yield item


running = Bag()
finished = Bag()


def work(job):
    running.add(job)


def main(job):
    threading.Thread(target=work, args=(job,)).start()
