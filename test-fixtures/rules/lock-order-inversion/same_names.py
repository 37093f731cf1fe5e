"""Locks of one name in two classes: a message that names both tells them apart."""
import threading


class Kitchen:
    def __init__(self, hall: "Hall"):
        self._lock = threading.Lock()
        self.hall = hall
        self.orders = 0

    def cook(self):
        with self._lock:
            with self.hall._lock:  # expect: lock-order-inversion "takes `Kitchen._lock`, then `self.hall._lock`"
                self.orders -= 1


class Hall:
    def __init__(self):
        self._lock = threading.Lock()
        self.kitchen = Kitchen(self)

    def seat(self):
        with self._lock:
            with self.kitchen._lock:
                self.kitchen.orders += 1


hall = Hall()
threading.Thread(target=hall.seat).start()
threading.Thread(target=hall.kitchen.cook).start()
