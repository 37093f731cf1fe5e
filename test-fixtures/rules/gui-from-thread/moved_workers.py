"""Slots of objects that were moved to a thread run there; those of others run where the GUI does."""
from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtWidgets import QLabel, QMainWindow, QTextEdit


class Checker(QObject):
    line = Signal(str)
    finished = Signal()

    def __init__(self, view, names):
        super().__init__()
        self.view = view
        self.names = names

    def check(self):
        for name in self.names:
            self.line.emit(name)
            self.view.append(name)  # expect: gui-from-thread
        self.finished.emit()


class Counter(QObject):
    counted = Signal(int)

    def __init__(self, label):
        super().__init__()
        self.label = label

    def count(self):
        self.label.setText("counted")  # ok: gui-from-thread


class Window(QMainWindow):
    def __init__(self, names):
        super().__init__()
        self.log = QTextEdit(self)
        self.label = QLabel(self)
        self.thread = QThread()
        self.checker = Checker(self.log, names)
        self.checker.moveToThread(self.thread)
        self.counter = Counter(self.label)
        self.thread.started.connect(self.checker.check)
        self.thread.started.connect(self.began)
        self.checker.line.connect(self.log.append)
        self.checker.finished.connect(self.counter.count)
        self.thread.start()

    def began(self):
        self.label.setText("checks")  # ok: gui-from-thread
