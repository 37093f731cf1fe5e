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


best = 0
next_number = 1
level = 5
_lock = threading.Lock()
total = 0
greeting = "hello"


def record(score):
    global best
    seen = best
    better = max(seen, score)
    if better > 3:
        print("high")
    best = better  # expect: nonatomic-update "best"


def number():
    global next_number
    given = next_number + 1
    next_number = given  # expect: nonatomic-update "next_number"
    return given


def raise_level():
    global level
    now = level
    now += 1
    level = now  # expect: nonatomic-update "level"


def in_two_sections(amount):
    global total
    with _lock:
        before = total
    after = before + amount
    with _lock:
        total = after  # expect: nonatomic-update "is read before the lock and stored under it"


def in_one_section(amount):
    global total
    with _lock:
        before = total
        total = before + amount  # ok: nonatomic-update


def for_a_while(work):
    global greeting
    old = greeting
    greeting = "busy"
    work()
    greeting = old  # ok: nonatomic-update


def start(names):
    for name in names:
        threading.Thread(target=partial(vote, name, 0.5)).start()
        threading.Thread(target=lambda: deposit(1)).start()
        for job in (number, raise_level, partial(record, 1), partial(in_two_sections, 1), partial(in_one_section, 1)):
            threading.Thread(target=job).start()
        threading.Thread(target=record, args=(1,)).start()
        threading.Thread(target=number).start()
        threading.Thread(target=raise_level).start()
        threading.Thread(target=in_two_sections, args=(1,)).start()
        threading.Thread(target=in_one_section, args=(1,)).start()
        threading.Thread(target=for_a_while, args=(print,)).start()
        threading.Timer(1.0, merge, args=({"seen": True},)).start()
