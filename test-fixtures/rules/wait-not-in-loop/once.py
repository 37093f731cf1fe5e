"""What was waited for is taken for granted."""
import threading


class Oven:
    def __init__(self):
        self._ready = threading.Condition()
        self._loaves = []
        self._answers = {}
        self._hot = False

    def bake(self, loaf):
        with self._ready:
            self._loaves.append(loaf)
            self._hot = True
            self._ready.notify()

    def take(self):
        with self._ready:
            if not self._loaves:
                self._ready.wait()  # expect: wait-not-in-loop "nothing tests `self._loaves` again"
            return self._loaves.pop()

    def answer(self, number):
        with self._ready:
            if number not in self._answers:  # evidence: wait-not-in-loop
                self._ready.wait(2.0)  # expect: wait-not-in-loop "The wait also ends when the time is over"
            return self._answers[number]

    def serve(self):
        with self._ready:
            self._ready.wait()  # expect: wait-not-in-loop
            return self._loaves.pop()
