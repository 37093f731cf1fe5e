"""The same needs met by one operation, an exception, a copy of the reference or a lock."""
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue


class Inbox:
    def __init__(self):
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._letters = deque()
        self._drafts = {}
        self._marks = set()
        self._queue = Queue()
        self._stop = False

    def put(self, letter):
        with self._ready:
            self._letters.append(letter)
            self._ready.notify()

    def take(self):
        with self._ready:
            while not self._letters:
                self._ready.wait()
            return self._letters.popleft()  # ok: check-then-act

    def take_now(self):
        with self._lock:
            if self._letters:
                return self._letters.popleft()  # ok: check-then-act
            return None


class Drafts:
    def __init__(self):
        self._pool = ThreadPoolExecutor()
        self._drafts = {}
        self._marks = set()
        self._recent = deque()
        self._queue = Queue()
        self._stop = False

    def save(self, name, text):
        self._drafts[name] = text
        self._marks.add(name)
        self._recent.append(name)
        self._queue.put(name)
        self._pool.submit(self._work, name)

    def _work(self, name):
        self._drafts.pop(name, None)  # ok: check-then-act
        self._marks.discard(name)  # ok: check-then-act
        try:
            self._recent.popleft()  # ok: check-then-act
        except IndexError:
            pass
        try:
            del self._drafts[name]  # ok: check-then-act
        except KeyError:
            pass

    def text(self, name):
        draft = self._drafts.get(name)
        if draft is not None:
            return draft.strip()  # ok: check-then-act
        return ""

    def drain(self):
        while not self._stop:
            try:
                self._queue.get_nowait()  # ok: check-then-act
            except Empty:
                return

    def stop(self):
        if not self._stop:
            self._stop = True  # ok: check-then-act


def only_here(words):
    count = {}
    for word in words:
        if word in count:
            del count[word]  # ok: check-then-act
        else:
            count[word] = 1  # ok: check-then-act
    return count


loaded = {}


def load(name):
    loaded[name] = name.upper()


def main(names):
    if "old" in loaded:
        del loaded["old"]  # ok: check-then-act
    threads = [threading.Thread(target=load, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if "new" in loaded:
        del loaded["new"]  # ok: check-then-act
