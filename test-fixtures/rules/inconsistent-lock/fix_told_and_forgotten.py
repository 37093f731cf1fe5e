"""All are told and then forgotten, in a `finally`: one section, or who comes in between is forgotten and never told."""
import threading


class Callers:
    def __init__(self):
        self._lock = threading.Lock()
        self._waiting = {}
        for _ in range(2):
            threading.Thread(target=self.fail).start()
            threading.Thread(target=self.come, args=("a", [])).start()

    def come(self, name, answers):
        with self._lock:
            self._waiting[name] = answers

    def leave(self, name):
        with self._lock:
            self._waiting.pop(name, None)

    def count(self):
        with self._lock:
            return len(self._waiting)

    def fail(self):
        try:
            for answers in self._waiting.values():  # expect: inconsistent-lock
                answers.append("failed")
        finally:
            self._waiting.clear()  # expect: inconsistent-lock
