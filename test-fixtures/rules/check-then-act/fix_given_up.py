"""The use of an object that is given up at the end of the same block: what was tested is used, and the attribute cleared as before."""
import threading


class Player:
    def __init__(self):
        self._screen = None
        self._stream = None
        threading.Thread(target=self.end).start()
        threading.Thread(target=self.close).start()
        threading.Thread(target=self.abort).start()

    def begin(self, screen, stream):
        self._screen = screen
        self._stream = stream

    def end(self):
        if self._screen is not None:
            self._screen.hide()  # expect: check-then-act
            self._screen = None

    def close(self):
        if self._stream:
            self._stream.flush()  # expect: check-then-act
            self._stream = None

    def abort(self):
        self._screen = None
        self._stream = None
