"""Tuples, lists, and names that hold them."""
import threading
from concurrent.futures import ThreadPoolExecutor

EVERYTHING = ("db1", "db2")


def ping(*hosts):
    print(hosts)


def start(host, hosts, args, call_args, rows):
    threading.Thread(target=ping, args=(host,)).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=[host]).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=hosts).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(args)).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(call_args)).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(*hosts, host)).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(EVERYTHING)).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=((host, host))).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(tuple(hosts))).start()  # ok: thread-args-not-tuple
    threading.Thread(target=ping, args=(host for host in hosts)).start()  # ok: thread-args-not-tuple
    threading.Timer(5, ping, (hosts[0], hosts[1])).start()  # ok: thread-args-not-tuple
    ThreadPoolExecutor(initializer=ping, initargs=()).submit(ping, host)  # ok: thread-args-not-tuple
    for row in rows:
        batch = [row]
        threading.Thread(target=ping, args=(batch)).start()  # ok: thread-args-not-tuple
