import threading


class Screen:
    """What only the main thread changes, because the code asks."""

    def __init__(self):
        self.drawn = 0
        self.skipped = 0

    def draw(self):
        if threading.current_thread() is threading.main_thread():
            self.drawn += 1  # ok: nonatomic-update
        else:
            self.skipped += 1  # expect: nonatomic-update

    def flush(self):
        if threading.current_thread() is not threading.main_thread():
            return
        self.drawn += 1  # ok: nonatomic-update


screen = Screen()
for _ in range(4):
    threading.Thread(target=screen.draw).start()
    threading.Thread(target=screen.flush).start()
screen.draw()
screen.flush()
