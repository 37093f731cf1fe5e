import threading


class Sender:
    """One thread starts requests, many end them: a number that only falls meanwhile passes no limit."""

    def __init__(self, pool):
        self.pool = pool
        self.active = 0
        self.active_lock = threading.Lock()

    def start(self):
        threading.Thread(target=self.schedule).start()

    def schedule(self):
        while True:
            if self.active < 4:
                with self.active_lock:
                    self.active += 1  # ok: check-then-act
                threading.Thread(target=self.send).start()

    def send(self):
        print("sent")
        with self.active_lock:
            self.active -= 1


class Tickets:
    def __init__(self):
        self.sold = 0
        self.lock = threading.Lock()

    def sell(self):
        if self.sold < 100:
            with self.lock:
                self.sold += 1  # expect: check-then-act


tickets = Tickets()
for _ in range(4):
    threading.Thread(target=tickets.sell).start()
Sender(None).start()
