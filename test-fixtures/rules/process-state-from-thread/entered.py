"""What the `with` of a class does to the whole process, in views."""
import contextlib
import io
import os

from flask import Flask

app = Flask(__name__)


class Captured:
    def __init__(self):
        self.stack = contextlib.ExitStack()
        self.text = io.StringIO()

    def __enter__(self):
        self.stack.enter_context(contextlib.redirect_stdout(self.text))  # expect: process-state-from-thread
        return self.text

    def __exit__(self, *problem):
        self.stack.close()


class Below:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        self.before = os.getcwd()
        os.chdir(self.folder)  # expect: process-state-from-thread

    def __exit__(self, *problem):
        os.chdir(self.before)  # expect: process-state-from-thread


@app.get("/runs")
def run():
    with Captured() as text, Below("/tmp"):
        print("ran")
    return text.getvalue()
