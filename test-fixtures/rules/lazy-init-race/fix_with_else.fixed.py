"""The creation stands in the other branch: test and creation go under one lock."""
import threading


class Depot:
    def __init__(self):
        self._lock = threading.Lock()
        self.shelves = {}
        for name in ("a", "b", "c"):
            threading.Thread(target=self.shelf, args=(name,)).start()

    def shelf(self, name):
        with self._lock:
            if name in self.shelves:
                made = self.shelves[name]
            else:
                made = []
                self.shelves[name] = made  # expect: lazy-init-race
        return made
