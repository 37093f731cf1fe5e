# settings: profile=library
"""Counting up an entry that may be missing adds it, in a `defaultdict` and in a `Counter`."""
import threading
from collections import Counter, defaultdict


class Visits:
    def __init__(self):
        self._lock = threading.Lock()
        self._pages = defaultdict(int)

    def visit(self, page):
        with self._lock:
            self._pages[page] += 1

    def show(self):
        for page, visits in self._pages.items():  # expect: iterate-while-mutated "dictionary changed size"
            print(page, visits)


class Words:
    def __init__(self):
        self._lock = threading.Lock()
        self._words = Counter()

    def read(self, word):
        with self._lock:
            self._words[word] += 1

    def frequent(self):
        return {word for word, times in self._words.items() if times > 9}  # expect: iterate-while-mutated


class Totals:
    """A plain dict has the entry already, or raises."""

    def __init__(self, names):
        self._lock = threading.Lock()
        self._totals = {name: 0 for name in names}

    def add(self, name, amount):
        with self._lock:
            self._totals[name] += amount

    def show(self):
        for name, total in self._totals.items():  # ok: iterate-while-mutated
            print(name, total)


class Asked:
    """Asking a `Counter` adds nothing."""

    def __init__(self, words):
        self._lock = threading.Lock()
        self._words = Counter(words)

    def times(self, word):
        with self._lock:
            return self._words[word]

    def show(self):
        for word in self._words:  # ok: iterate-while-mutated
            print(word)
