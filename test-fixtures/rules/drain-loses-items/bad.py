"""Entries that come in while a container is emptied are lost."""
import threading

_outbox = []


def send(mail):
    _outbox.append(mail)  # evidence: drain-loses-items


def flush(server):
    batch = list(_outbox)
    _outbox.clear()  # expect: drain-loses-items "`_outbox`"
    for mail in batch:
        server.send(mail)


def every_minute(server, stopping):
    while not stopping.wait(60):
        flush(server)


def main(server, stopping):
    threading.Thread(target=every_minute, args=(server, stopping)).start()
    while True:
        send(input())


class Meter:
    def __init__(self):
        self.ticks = []
        threading.Thread(target=self._report, daemon=True).start()

    def tick(self, value):
        self.ticks.append(value)

    def _report(self):
        while True:
            ticks = self.ticks
            self.ticks = []  # expect: drain-loses-items "`self.ticks`"
            print(sum(ticks))
