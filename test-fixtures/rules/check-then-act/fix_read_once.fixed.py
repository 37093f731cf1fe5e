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
        speaker = self._speaker
        if speaker is not None:
            speaker.play(words)  # expect: check-then-act
