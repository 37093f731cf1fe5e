"""What one call makes step by step, and then uses: all steps under one lock, or two calls mix theirs."""
import threading


class Label:
    def __init__(self, sender):
        self._lock = threading.Lock()
        self.sender = sender
        self.lines = {}
        for _ in range(3):
            threading.Thread(target=self.write, args=({"to": "Ghent"},)).start()

    def write(self, more=None, fragile=False):
        with self._lock:
            self.lines = {"from": self.sender}
            if more:
                self.lines = {**self.lines, **more}  # expect: nonatomic-update
            if fragile:
                self.lines = {**self.lines, "fragile": "yes"}  # expect: nonatomic-update
            return self.lines
