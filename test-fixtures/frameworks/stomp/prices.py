"""Prices that a listener of stomp.py keeps for the main thread."""
import queue

import stomp


class Prices(stomp.ConnectionListener):
    def __init__(self):
        self.latest = {}
        self.orders = queue.Queue()

    def on_message(self, frame):
        self.latest[frame.headers["symbol"]] = frame.body
        self.orders.put(frame.body)  # ok: iterate-while-mutated


prices = Prices()
connection = stomp.Connection()
connection.set_listener("prices", prices)
connection.connect()
while True:
    for symbol, price in prices.latest.items():  # expect: iterate-while-mutated "receiver thread"
        print(symbol, price)
    prices.orders.get()
