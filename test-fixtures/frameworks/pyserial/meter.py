"""Lines that a reader thread of pySerial counts, beside the main thread."""
import threading

import serial
from serial.threaded import LineReader, ReaderThread

faults = 0
seen = 0
lock = threading.Lock()


class Meter(LineReader):
    def handle_line(self, data):
        global faults, seen
        if data.startswith("ERR"):
            faults += 1  # expect: nonatomic-update "reader thread"
        with lock:
            seen += 1  # ok: nonatomic-update


def report():
    global faults, seen
    print(faults)
    faults = 0  # expect: drain-loses-items
    with lock:
        seen = 0


reader = ReaderThread(serial.Serial("/dev/ttyUSB0"), Meter)
reader.start()
while True:
    report()
