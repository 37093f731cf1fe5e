"""One lock for all calls: at module level for a function, on the object for a method."""
import threading

records = []


_save_lock = threading.Lock()


def save(record):
    with _save_lock:  # expect: useless-lock
        records.append(record)


class Writer:
    def __init__(self, path):
        self._lock = threading.Lock()
        self.path = path

    def write(self, text):
        with self._lock:  # expect: useless-lock
            records.append(self.path + text)
