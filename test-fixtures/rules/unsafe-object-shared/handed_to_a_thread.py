"""An object for one thread is handed to another, and the first goes on using it."""
import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import pika
import pymysql


def bake(channel, tag, order):
    print(order)
    channel.basic_ack(tag)  # expect: unsafe-object-shared "goes on using"


def bake_and_tell(connection, channel, tag, order):
    print(order)
    connection.add_callback_threadsafe(functools.partial(channel.basic_ack, tag))  # ok: unsafe-object-shared


def on_order(channel, method, properties, body):
    threading.Thread(target=bake, args=(channel, method.delivery_tag, body)).start()


def on_order_told(channel, method, properties, body, connection):
    threading.Thread(target=bake_and_tell, args=(connection, channel, method.delivery_tag, body)).start()


def consume():
    connection = pika.BlockingConnection(pika.ConnectionParameters("rabbit"))
    channel = connection.channel()
    channel.basic_consume("orders", on_order)
    channel.basic_consume("others", functools.partial(on_order_told, connection=connection))
    channel.start_consuming()


def announce(channel, text):
    channel.basic_publish("", "news", text)  # expect: unsafe-object-shared


def announce_first(channel, text):
    channel.basic_publish("", "news", text)  # ok: unsafe-object-shared


def publish():
    connection = pika.BlockingConnection(pika.ConnectionParameters("rabbit"))
    channel = connection.channel()
    threading.Thread(target=announce, args=(channel, b"open")).start()
    channel.basic_publish("", "news", b"hello")


def publish_in_turn():
    connection = pika.BlockingConnection(pika.ConnectionParameters("rabbit"))
    channel = connection.channel()
    first = threading.Thread(target=announce_first, args=(channel, b"open"))
    first.start()
    first.join()
    channel.basic_publish("", "news", b"hello")


def load(database, dish):
    with database.cursor() as cursor:  # expect: unsafe-object-shared
        cursor.execute("SELECT price FROM menu WHERE dish = %s", (dish,))
        return cursor.fetchone()


def load_alone(database, dish):
    with database.cursor() as cursor:  # ok: unsafe-object-shared
        cursor.execute("SELECT price FROM menu WHERE dish = %s", (dish,))
        return cursor.fetchone()


def load_in_turn(database, dish):
    with database.cursor() as cursor:  # ok: unsafe-object-shared
        cursor.execute("SELECT price FROM menu WHERE dish = %s", (dish,))
        return cursor.fetchone()


def menu(dishes):
    database = pymysql.connect(host="menu")
    with ThreadPoolExecutor() as pool:
        for dish in dishes:
            pool.submit(load, database, dish)


def menu_with_one_each(dishes):
    with ThreadPoolExecutor() as pool:
        for dish in dishes:
            database = pymysql.connect(host="menu")
            pool.submit(load_alone, database, dish)


def menu_of_one_worker(dishes):
    database = pymysql.connect(host="menu")
    with ThreadPoolExecutor(1) as pool:
        for dish in dishes:
            pool.submit(load_in_turn, database, dish)
