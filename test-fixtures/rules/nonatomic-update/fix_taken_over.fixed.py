"""What was collected is taken over and begun anew: one section, or what comes in between is thrown away."""
import threading


class Wire:
    def __init__(self):
        self._lock = threading.Lock()
        self.data = b""
        for _ in range(2):
            threading.Thread(target=self.hear, args=(b"hm",)).start()
            threading.Thread(target=self.take).start()

    def hear(self, more):
        with self._lock:
            self.data = self.data + more  # expect: nonatomic-update

    def take(self):
        with self._lock:
            data = self.data
            self.data = b""
        return data
