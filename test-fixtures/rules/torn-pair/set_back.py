"""Two constants from which both begin again."""
import threading


class Speed:
    def __init__(self):
        self._start = 0
        self._blocks = 0
        threading.Thread(target=self.run).start()

    def run(self):
        self._start = 0
        self._blocks = 0  # ok: torn-pair

    def show(self, now, block):
        return (block - self._blocks) / (now - self._start)


class Trip:
    def __init__(self):
        self._start = 0
        self._blocks = 0
        threading.Thread(target=self.run, args=(1, 2)).start()

    def run(self, start, blocks):
        self._start = start
        self._blocks = blocks  # expect: torn-pair

    def show(self, now, block):
        return (block - self._blocks) / (now - self._start)


Speed().show(1, 2)
Trip().show(1, 2)
