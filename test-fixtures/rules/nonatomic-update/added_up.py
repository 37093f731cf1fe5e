"""A `Counter` reads, adds to and stores each count when another one is added to it."""
import threading
from collections import Counter

words = Counter()
guarded = Counter()
names = {}
_lock = threading.Lock()


def count(path):
    with open(path) as lines:
        for line in lines:
            words.update(line.split())  # expect: nonatomic-update "`words.update(…)`"
            names.update({line: path})  # ok: nonatomic-update
            with _lock:
                guarded.update(line.split())  # ok: nonatomic-update


for path in ("a", "b"):
    threading.Thread(target=count, args=(path,)).start()
