# Never flag 6: objects made inside the thread's function that nobody else sees.
import threading
from collections import Counter


class Tally:
    def __init__(self):
        self.words = Counter()
        self.lines = 0
        self.first = None

    def add(self, line):
        self.lines += 1
        if self.first is None:
            self.first = line.strip()
        for word in line.split():
            self.words[word] += 1

    def common(self):
        for word in self.words:
            if self.words[word] > 1:
                yield word


def count(path):
    tally = Tally()
    cache = {}
    stack = []
    with open(path) as lines:
        for line in lines:
            tally.add(line)
            if line not in cache:
                cache[line] = len(line)
            if stack:
                stack.pop()
            stack.append(line)
    for line in cache:
        print(line)
    print(tally.lines, list(tally.common()))


def main(paths):
    for path in paths:
        threading.Thread(target=count, args=(path,)).start()
