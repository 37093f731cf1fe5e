"""Long work is done in a thread for each message, and acknowledged on the connection of the consumer."""
import threading

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
channel = connection.channel()
channel.queue_declare(queue="jobs")
channel.basic_qos(prefetch_count=4)


def work(tag, body):
    print(len(body))
    channel.basic_ack(tag)  # expect: unsafe-object-shared "add_callback_threadsafe"


def on_message(ch, method, properties, body):
    threading.Thread(target=work, args=(method.delivery_tag, body)).start()


channel.basic_consume(queue="jobs", on_message_callback=on_message)
channel.start_consuming()
