"""An event that says that an answer has come, cleared when the question is already out."""
import threading


class Modem:
    def __init__(self, port):
        self.port = port
        self.answered = threading.Event()
        self.frame = threading.Event()
        self.answer = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.port:
            self.answer = line
            self.answered.set()
            self.frame.set()

    def signal(self):
        self.port.write("AT+CSQ\r")
        self.answered.clear()  # expect: lost-wakeup "Clear the event first"
        if not self.answered.wait(5):
            raise TimeoutError("no answer")
        return self.answer

    def battery(self):
        self.answered.clear()  # ok: lost-wakeup
        self.port.write("AT+CBC\r")
        self.answered.wait(5)
        return self.answer

    def next_frame(self):
        self.frame.clear()  # ok: lost-wakeup
        self.frame.wait(1)
        return self.answer

    def retry(self):
        self.port.write("AT\r")
        self.answered.clear()  # ok: lost-wakeup
        self.port.write("AT\r")
        self.answered.wait(5)


class Remote:
    def __init__(self, client):
        self.client = client
        self.done = threading.Event()
        client.on_reply = self._replied

    def _replied(self, text):
        self.done.set()

    def switch(self, on):
        self.client.publish("switch", on)
        self.done.clear()  # expect: lost-wakeup
        self.done.wait()
