# Never flag 11: += on a list and |= on a set change the object in one step; nothing is lost.
import threading
from concurrent.futures import ThreadPoolExecutor

lines = []
words = set()
chunks = bytearray()


class Index:
    def __init__(self):
        self.names = []
        self.tags = set()
        self._pool = ThreadPoolExecutor()

    def add_all(self, files):
        for file in files:
            self._pool.submit(self._add, file)

    def _add(self, file):
        self.names += [file]
        self.tags |= {file[0], file[-1]}


def read(text):
    global lines, words
    lines += text.splitlines()
    words |= set(text.split())
    words |= {"end"}
    lines += ["end"]


def main(texts):
    for text in texts:
        threading.Thread(target=read, args=(text,)).start()
