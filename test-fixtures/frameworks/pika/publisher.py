"""A consumer with a thread of its own has the connection for itself; one that others publish on does not."""
import threading

import pika


class Reader(threading.Thread):
    def __init__(self, url):
        super().__init__(daemon=True)
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        self.channel.queue_declare(queue="jobs")  # ok: unsafe-object-shared

    def run(self):
        for _, _, body in self.channel.consume("jobs"):  # ok: unsafe-object-shared
            print(body)


class Publisher:
    def __init__(self, url):
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        threading.Thread(target=self.beat, daemon=True).start()

    def beat(self):
        while True:
            self.connection.process_data_events(time_limit=1)  # expect: unsafe-object-shared

    def send(self, body):
        self.connection.process_data_events()
        self.channel.basic_publish("", "jobs", body)


reader = Reader("amqp://localhost")
reader.start()
publisher = Publisher("amqp://localhost")
publisher.send(b"first")
