"""Everybody waits for another program, although only what came of it needs the lock."""
import subprocess
import threading


class Printer:
    def __init__(self):
        self._state = threading.Lock()
        self._pages = []

    def typeset(self, source):
        with self._state:  # evidence: blocking-under-lock
            subprocess.run(["typeset", source], check=True)  # expect: blocking-under-lock "waits for an answer"
            self._pages.append(source)

    def pages(self):
        with self._state:  # evidence: blocking-under-lock
            return list(self._pages)


class Gallery:
    """With a time it gives up, and the lock outlasts no more than that."""

    def __init__(self):
        self._state = threading.Lock()
        self._shown = []

    def scale(self, picture):
        with self._state:
            subprocess.run(["scale", picture], timeout=5)  # ok: blocking-under-lock
            self._shown.append(picture)

    def shown(self):
        with self._state:
            return list(self._shown)


class Turns:
    """The lock is there so that two of the program never run at a time: whoever takes it waits himself."""

    def __init__(self):
        self._turn = threading.Lock()

    def up(self, unit):
        with self._turn:
            subprocess.check_call(["unit", "up", unit])  # ok: blocking-under-lock

    def down(self, unit):
        with self._turn:
            subprocess.check_call(["unit", "down", unit])  # ok: blocking-under-lock


def begin(printer: Printer, gallery: Gallery, turns: Turns):
    for name in ("a", "b"):
        threading.Thread(target=printer.typeset, args=(name,)).start()
        threading.Thread(target=gallery.scale, args=(name,)).start()
        threading.Thread(target=turns.up, args=(name,)).start()
