"""Objects of a shared list that a call picks."""
import random
import threading


class Till:
    def __init__(self):
        self.cents = 0
        self.open = 0
        self.lock = threading.Lock()
        self.safe = 0

    def pay(self, cents):
        self.cents = self.cents + cents  # expect: nonatomic-update
        with self.lock:
            self.safe += cents  # ok: nonatomic-update


class Shop:
    def __init__(self):
        self.tills = [Till() for _ in range(3)]

    def serve(self):
        till = min(self.tills, key=id)
        till.open += 1  # expect: nonatomic-update
        random.choice(self.tills).pay(100)
        first, second = random.sample(self.tills, 2)
        first.pay(1)
        second.pay(2)
        own = min([Till()], key=id)
        own.open += 1  # ok: nonatomic-update


shop = Shop()
for _ in range(4):
    threading.Thread(target=shop.serve).start()
