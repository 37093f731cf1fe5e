"""The same mistake spread over two statements, and through partial, lambda and Timer."""
import threading
from collections import Counter, defaultdict
from functools import partial

balance = 0
votes = Counter()
weights = defaultdict(float)
flags = {}


def deposit(amount):
    global balance
    old = balance
    balance = old + amount  # expect: nonatomic-update "balance"


def vote(name, weight):
    votes[name] += 1  # expect: nonatomic-update "votes"
    weights[name] += weight  # expect: nonatomic-update "weights"


def merge(more):
    global flags
    flags = {**flags, **more}  # expect: nonatomic-update "flags"


def start(names):
    for name in names:
        threading.Thread(target=partial(vote, name, 0.5)).start()
        threading.Thread(target=lambda: deposit(1)).start()
        threading.Timer(1.0, merge, args=({"seen": True},)).start()
