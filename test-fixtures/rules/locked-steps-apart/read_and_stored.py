"""What one method reads under the lock and another stores under it, with the lock free in between."""
import threading


class Score:
    def __init__(self):
        self._lock = threading.RLock()
        self._points = {}
        self._best = 0

    def get(self, name):
        with self._lock:
            return self._points.get(name, 0)

    def set(self, name, points):
        with self._lock:
            self._points[name] = points  # evidence: locked-steps-apart

    def best(self):
        with self._lock:
            return self._best

    def set_best(self, points):
        with self._lock:
            self._best = points

    def move(self, a, b, points):
        if self.get(a) >= points:
            self.set(a, self.get(a) - points)  # expect: locked-steps-apart "what it stored is lost"

    def raise_best(self):
        best = self.best()
        self.set_best(best + 1)  # expect: locked-steps-apart

    def copy(self, a, b):
        self.set(b, self.get(a))  # ok: locked-steps-apart

    def give(self, name, points):
        print(self.get(name))
        self.set(name, points)  # ok: locked-steps-apart

    def _double(self, name):
        self.set(name, self.get(name) * 2)  # ok: locked-steps-apart

    def double_all(self):
        with self._lock:
            for name in list(self._points):
                self._double(name)

    def move_whole(self, a, points):
        with self._lock:
            self.set(a, self.get(a) - points)  # ok: locked-steps-apart


score = Score()


def play(i):
    score.move("a", "b", i)
    score.raise_best()
    score.copy("a", "c")
    score.give("a", i)
    score.move_whole("a", i)
    score.double_all()


for i in range(4):
    threading.Thread(target=play, args=(i,)).start()
