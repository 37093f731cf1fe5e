"""A sensor gateway: paho-mqtt runs callbacks in its network thread beside the main loop."""
import time

import paho.mqtt.client as mqtt


class Gateway:
    def __init__(self):
        self.readings = {}
        self.received = 0
        self.client = mqtt.Client()
        self.client.on_message = self._on_message
        self.client.on_connect = self._on_connect
        self.sessions = 0

    def _on_connect(self, client, userdata, flags, code):
        self.sessions += 1  # ok: nonatomic-update
        client.subscribe("sensors/#")

    def _on_message(self, client, userdata, message):
        self.received += 1  # expect: nonatomic-update
        self.readings[message.topic] = message.payload

    def run(self):
        self.client.connect("localhost")
        self.client.loop_start()
        while True:
            time.sleep(60)
            for topic, value in self.readings.items():  # expect: iterate-while-mutated
                print(topic, value)
            self.received = 0


def main():
    Gateway().run()
