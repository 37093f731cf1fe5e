"""The number that is counted up is the number that is given out: both under one lock."""
import threading


class Desk:
    def __init__(self):
        self._lock = threading.Lock()
        self.last = 0
        self.served = 0
        for _ in range(3):
            threading.Thread(target=self.serve).start()

    def serve(self):
        print(self.ticket())
        served = int(input("how many? "))
        with self._lock:
            self.served += served  # expect: nonatomic-update

    def ticket(self):
        with self._lock:
            self.last += 1  # expect: nonatomic-update
            return self.last

    def so_far(self):
        return f"{self.last} tickets"
