"""What is tried again until it goes well has gone well once: one thread watches each boiler."""
import threading
import time


class Boiler:
    def __init__(self):
        self.readings = 0

    def light(self):
        self.check()
        threading.Thread(target=self.watch).start()

    def check(self):
        print("checked")

    def try_to_light(self, attempts=3):
        for _ in range(attempts):
            try:
                self.light()
                break
            except OSError:
                time.sleep(1)

    def watch(self):
        while True:
            self.readings += 1
            time.sleep(1)


Boiler().try_to_light()
