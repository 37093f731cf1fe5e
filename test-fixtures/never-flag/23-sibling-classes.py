import threading


class Gauge:
    def __init__(self):
        self.level = 0


class RainGauge(Gauge):
    _rain_lock = threading.Lock()

    def drip(self, drops):
        with self._rain_lock:
            self.level += drops


class FuelGauge(Gauge):
    _fuel_lock = threading.Lock()

    def fill(self, litres):
        with self._fuel_lock:
            self.level += litres

    def burn(self, litres):
        with self._fuel_lock:
            self.level -= litres
