"""What was tested is what is used; what a call has made of it is asked for as before."""
import threading


class Telex:
    def __init__(self):
        self._line = None
        threading.Thread(target=self.dial).start()

    def dial(self):
        self._line = open("/dev/telex", "wb")
        self._line = None

    def _hang_up(self, sheets):
        if not sheets:
            self._line = None
        return not sheets

    def send(self, sheets):
        if self._line is None:
            return False
        self._line.feed(sheets.pop())  # expect: check-then-act
        if self._hang_up(sheets) or self._line is None:
            return False
        return True
