"""A sorted list into which several threads insert: the place is looked for first."""
import bisect
import heapq
import threading
from bisect import insort
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, request

app = Flask(__name__)
prices = []


@app.post("/offer")
def offer():
    bisect.insort(prices, float(request.form["price"]))  # expect: nonatomic-update "looks for the place"
    return "ok"


@app.get("/cheapest")
def cheapest():
    return str(prices[0])


class Finish:
    """Times of runners, as the gates report them."""

    def __init__(self, gates):
        self.times = []
        self._pool = ThreadPoolExecutor(max_workers=4)
        for gate in gates:
            self._pool.submit(self._watch, gate)

    def _watch(self, gate):
        for time in gate:
            insort(self.times, time)  # expect: nonatomic-update

    def median(self):
        return self.times[len(self.times) // 2]


class LockedFinish:
    def __init__(self, gates):
        self._lock = threading.Lock()
        self.times = []
        for gate in gates:
            threading.Thread(target=self._watch, args=(gate,)).start()

    def _watch(self, gate):
        for time in gate:
            with self._lock:
                insort(self.times, time)  # ok: nonatomic-update


def ranks(values):
    """Each call sorts into a list of its own."""
    found = []
    for value in values:
        bisect.insort(found, value)  # ok: nonatomic-update
        heapq.heappush(found, value)
    return found


def rank_all(columns):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(ranks, columns))
