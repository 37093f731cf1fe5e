"""A loop that goes on after the start makes many threads of one object, whatever an attempt may raise."""
import threading
import time


class Kettle:
    def __init__(self):
        self.boils = 0

    def open(self):
        threading.Thread(target=self.boil).start()

    def open_some(self):
        for _ in range(3):
            try:
                self.open()
            except RuntimeError:
                break

    def boil(self):
        self.boils += 1  # expect: nonatomic-update "Several threads run `Kettle.boil`"


class Burner:
    def __init__(self):
        self.readings = 0
        while True:
            try:
                threading.Thread(target=self.watch).start()
                return
            except RuntimeError:
                time.sleep(1)

    def watch(self):
        while True:
            self.readings += 1  # ok: nonatomic-update
            time.sleep(1)


Kettle().open_some()
Burner()
