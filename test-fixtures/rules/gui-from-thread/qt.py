"""Qt widgets, used by the thread of the GUI and by others."""
import threading

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QLabel, QMessageBox, QProgressBar, QWidget


class Signals(QObject):
    progress = pyqtSignal(int)


class Window(QWidget):
    def __init__(self):
        super().__init__()
        self.label = QLabel("ready")
        self.bar = QProgressBar()
        self.signals = Signals()
        self.signals.progress.connect(self.show_progress)
        threading.Thread(target=self.copy).start()
        threading.Thread(target=self.warn).start()
        threading.Thread(target=self.right).start()

    def copy(self):
        for number in range(100):
            self.step(number)

    def step(self, number):
        self.bar.setValue(number)  # expect: gui-from-thread "Emit a signal"
        self.label.setText(str(number))  # evidence: gui-from-thread

    def warn(self):
        QMessageBox(self)  # expect: gui-from-thread
        self.setWindowTitle("warning")  # evidence: gui-from-thread

    def right(self):
        self.signals.progress.emit(5)  # ok: gui-from-thread
        print(self.label.text())  # ok: gui-from-thread

    def show_progress(self, percent):
        self.bar.setValue(percent)  # ok: gui-from-thread
