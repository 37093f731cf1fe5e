"""Threads of Qt and of pynput are threads as well."""
from PyQt6.QtCore import QThread


class Loader(QThread):
    def __init__(self, path):  # expect: thread-api-misuse
        self.path = path

    def run(self):
        print(self.path)


class Saver(QThread):
    def __init__(self, path):  # ok: thread-api-misuse
        super().__init__()
        self.path = path

    def run(self):
        print(self.path)
