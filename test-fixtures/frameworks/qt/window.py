"""A viewer. `run` of a QThread and of a QRunnable runs outside the GUI thread."""
from PySide6.QtCore import QRunnable, QThread, QThreadPool

decoded = 0


class Loader(QThread):
    def __init__(self, paths):
        super().__init__()
        self.paths = paths
        self.images = {}

    def run(self):
        for path in self.paths:
            self.images[path] = path.upper()

    def names(self):
        return [name for name in self.images]  # expect: iterate-while-mutated


class Decode(QRunnable):
    def run(self):
        global decoded
        self.steps = 0
        self.steps += 1  # ok: nonatomic-update
        decoded += 1  # expect: nonatomic-update


class Window:
    def __init__(self, paths):
        self.loader = Loader(paths)
        self.loader.start()
        QThreadPool.globalInstance().start(Decode())

    def on_refresh(self):
        return self.loader.names()
