"""Widgets that a thread object was given when it was made."""
from PySide6.QtCore import QThread, Signal
from PySide6.QtWidgets import QLabel, QMainWindow, QProgressBar


class Copier(QThread):
    def __init__(self, bar):
        super().__init__()
        self.bar = bar

    def run(self):
        for step in range(100):
            self.bar.setValue(step)  # expect: gui-from-thread


class Namer(QThread):
    named = Signal(str)

    def __init__(self, label):
        super().__init__()
        self.label = label
        self.named.connect(label.setText)

    def run(self):
        self.named.emit("done")  # ok: gui-from-thread


class Window(QMainWindow):
    def __init__(self):
        super().__init__()
        self.bar = QProgressBar()
        self.copier = Copier(self.bar)
        self.namer = Namer(label=QLabel())
        self.copier.start()
        self.namer.start()
