import threading


class Plot:
    """The thread makes the window, and a function that its toolkit then calls in that very thread."""

    def __init__(self, toolkit):
        self.toolkit = toolkit
        self.axes = None
        self.line = None
        self.window = None
        self.timer = None
        self.thread = threading.Thread(target=self.show, daemon=True)

    def start(self):
        self.thread.start()

    def show(self):
        self.window = self.toolkit.window()
        self.axes = self.window.axes()
        self.line = self.axes.plot([])  # ok: torn-pair

        def redraw(frame):
            self.line.set_data(frame)
            self.axes.rescale()
            return self.line

        self.timer = self.toolkit.every(100, redraw)  # ok: torn-pair
        self.toolkit.run()

    def stop(self):
        if self.timer:
            self.timer.cancel()
        if self.window:
            self.window.close()


plot = Plot(None)
plot.start()
plot.stop()
