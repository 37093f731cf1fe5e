"""A list that is sorted in place is empty for others meanwhile."""
import threading

times = []
names = []
ranks = []
_ranks_lock = threading.Lock()


def finish(seconds):
    times.append(seconds)
    times.sort(key=lambda one: -one)  # expect: iterate-while-mutated "list modified during sort"


def enter(name):
    names.append(name)
    names.sort()  # expect: iterate-while-mutated "looks empty"


def first():
    return names[0]


def rank(name):
    with _ranks_lock:
        ranks.append(name)
        ranks.sort(key=str.lower)  # ok: iterate-while-mutated


def own(parts):
    mine = list(parts)
    mine.sort(key=len)  # ok: iterate-while-mutated
    return mine[0]


def run(name):
    finish(len(name))
    enter(name)
    first()
    rank(name)
    own([name])


for name in ("ann", "bob"):
    threading.Thread(target=run, args=(name,)).start()
