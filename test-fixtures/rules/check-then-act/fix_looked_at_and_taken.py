"""What is looked at is what is taken: both under one lock, in every function that does so."""
import threading


class Steps:
    def __init__(self):
        self._stack = []
        for _ in range(4):
            threading.Thread(target=self.run).start()

    def run(self):
        self.push(1)
        print(self.current())
        self.pop(1)

    def current(self):
        return self._stack[-1] if self._stack else None  # expect: check-then-act

    def push(self, step):
        self._stack.append(step)

    def pop(self, step):
        assert self._stack[-1] is step
        self._stack.pop()
