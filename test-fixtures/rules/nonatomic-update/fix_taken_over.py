"""What was collected is taken over and begun anew: one section, or what comes in between is thrown away."""
import threading


class Wire:
    def __init__(self):
        self.data = b""
        for _ in range(2):
            threading.Thread(target=self.hear, args=(b"hm",)).start()
            threading.Thread(target=self.take).start()

    def hear(self, more):
        self.data = self.data + more  # expect: nonatomic-update

    def take(self):
        data = self.data
        self.data = b""
        return data
