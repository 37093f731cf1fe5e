"""Locks that meet in opposite orders."""
import threading
from concurrent.futures import ThreadPoolExecutor

_shelf_lock = threading.Lock()
_till_lock = threading.Lock()
_door_lock = threading.RLock()
_a = threading.Lock()
_b = threading.Lock()
_c = threading.Lock()


def take_stock():
    with _shelf_lock:
        count_money()  # expect: lock-order-inversion "`take_stock` takes `_shelf_lock`, then `_till_lock`"


def count_money():
    with _till_lock:  # evidence: lock-order-inversion
        return 0


def close_shop():
    with _till_lock:  # evidence: lock-order-inversion
        _shelf_lock.acquire()
        try:
            print("closed")
        finally:
            _shelf_lock.release()


def one():
    with _a, _b:  # expect: lock-order-inversion "2 other functions close the circle"
        print(1)


def two():
    with _b, _c:
        print(2)


def three():
    with _c, _a:
        print(3)


class Purse:
    def __init__(self):
        self.lock = threading.Lock()
        self.coins = 0


def move(giver, taker, coins):
    with giver.lock:
        with taker.lock:  # expect: lock-order-inversion "in the order it is given them"
            giver.coins -= coins
            taker.coins += coins


class Tally:
    def __init__(self):
        self._lock = threading.Lock()
        self._sums = {}

    def sums(self):
        with self._lock:
            return dict(self._sums)

    def absorb(self, other: "Tally"):
        with self._lock:
            self._sums.update(other.sums())  # expect: lock-order-inversion


class Scores:
    def __init__(self):
        self.lock = threading.Lock()
        self.points = {}
        self.boards = []

    def show_on(self, board):
        with self.lock:
            self.boards.append(board)

    def score(self, player):
        with self.lock:
            self.points[player] = self.points.get(player, 0) + 1
            for board in self.boards:
                board.note(player)  # expect: lock-order-inversion "`Scores.score`"

    def of(self, player):
        with self.lock:
            return self.points.get(player, 0)


class Board:
    def __init__(self, scores, draw):
        self.lock = threading.Lock()
        self.stale = []
        self.scores, self.draw = scores, draw
        scores.show_on(self)

    def note(self, player):
        with self.lock:
            self.stale.append(player)

    def redraw(self):
        with self.lock:
            while self.stale:
                player = self.stale.pop()
                self.draw(player, self.scores.of(player))


def hall(draw):
    board = Board(Scores(), draw)
    threading.Thread(target=board.redraw).start()
    board.scores.score("ann")


def run(jobs):
    with ThreadPoolExecutor() as pool:
        for job in (take_stock, close_shop, one, two, three):
            pool.submit(job)
        pool.submit(take_stock)
        pool.submit(close_shop)
        pool.submit(one)
        pool.submit(two)
        pool.submit(three)
        for job in jobs:
            pool.submit(move, *job)
