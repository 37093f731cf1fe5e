"""One producer for all threads, as its documentation says; what they count is another matter."""
import threading

from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": "localhost"})
sent = 0


def send(number):
    global sent
    producer.produce("numbers", str(number))  # ok: unsafe-object-shared
    producer.poll(0)
    sent += 1  # expect: nonatomic-update


for number in range(4):
    threading.Thread(target=send, args=(number,)).start()
producer.flush()
