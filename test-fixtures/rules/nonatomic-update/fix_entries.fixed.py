"""The entries of a container have the lock that the container would have."""
import threading
from collections import defaultdict


class Ferry:
    def __init__(self):
        self._lock = threading.Lock()
        self._seats = defaultdict(lambda: defaultdict(int))
        for _ in range(4):
            threading.Thread(target=self.board, args=("a", "b")).start()

    def board(self, deck, kind):
        with self._lock:
            self._seats[deck][kind] += 1  # expect: nonatomic-update
