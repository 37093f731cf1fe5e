"""One lock for all calls: at module level for a function, on the object for a method."""
import threading

records = []


def save(record):
    with threading.Lock():  # expect: useless-lock
        records.append(record)


class Writer:
    def __init__(self, path):
        self.path = path

    def write(self, text):
        with threading.Lock():  # expect: useless-lock
            records.append(self.path + text)
