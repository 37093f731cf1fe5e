"""The same with the acknowledgement handed to the thread of the connection."""
import functools
import threading

import pika

connection = pika.BlockingConnection(pika.ConnectionParameters("localhost"))
channel = connection.channel()
channel.queue_declare(queue="jobs")


def acknowledge(tag):
    channel.basic_ack(tag)  # ok: unsafe-object-shared


def work(tag, body):
    print(len(body))
    connection.add_callback_threadsafe(functools.partial(acknowledge, tag))  # ok: unsafe-object-shared


def on_message(ch, method, properties, body):
    threading.Thread(target=work, args=(method.delivery_tag, body)).start()


channel.basic_consume(queue="jobs", on_message_callback=on_message)
channel.start_consuming()
