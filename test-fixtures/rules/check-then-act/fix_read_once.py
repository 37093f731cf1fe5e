"""What was tested is what is used: the attribute is read once."""
import threading


class Radio:
    def __init__(self):
        self._speaker = None
        threading.Thread(target=self.plug).start()

    def plug(self):
        self._speaker = open("/dev/audio", "wb")
        self._speaker = None

    def say(self, words):
        if self._speaker is not None:
            self._speaker.play(words)  # expect: check-then-act
