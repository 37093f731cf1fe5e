"""The lock is taken between the test and what relies on it: another thread comes first."""
import threading


class Berths:
    def __init__(self):
        self._lock = threading.Lock()
        self._free = {}
        self._ships = []
        for _ in range(4):
            threading.Thread(target=self.run).start()

    def run(self):
        self.leave("a")
        self.leave_checked("a")
        self.leave_whole("a")
        self.oldest()

    def arrive(self, ship):
        with self._lock:
            self._free[ship] = True
            self._ships.append(ship)

    def leave(self, ship):
        if ship in self._free:
            with self._lock:
                del self._free[ship]  # expect: check-then-act

    def leave_checked(self, ship):
        if ship in self._free:
            with self._lock:
                if ship in self._free:
                    del self._free[ship]  # ok: check-then-act

    def leave_whole(self, ship):
        with self._lock:
            if ship in self._free:
                del self._free[ship]  # ok: check-then-act

    def oldest(self):
        if not self._ships:
            return None
        with self._lock:
            return self._ships.pop(0)  # expect: check-then-act
