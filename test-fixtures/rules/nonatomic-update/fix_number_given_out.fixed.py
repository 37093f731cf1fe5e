"""The number is read, given out, and the next one made: all of it under one lock, or two get the same."""
import threading


class Counter:
    def __init__(self):
        self._lock = threading.Lock()
        self.next_number = 0
        self.numbers = {}
        for name in ("a", "b", "c"):
            threading.Thread(target=self.enroll, args=(name,)).start()

    def enroll(self, name):
        with self._lock:
            number = self.next_number
            self.numbers[name] = number
            self.next_number += 1  # expect: nonatomic-update
        return number
