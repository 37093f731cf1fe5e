"""One value where a tuple of arguments is wanted."""
import _thread
import threading
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool, Process

SERVER = "db1"


def ping(host):
    print(host)


def twice(host, times):
    print(host * times)


def from_name(hosts):
    for host in hosts:
        threading.Thread(target=ping, args=(host)).start()  # expect: thread-args-not-tuple "`(host,)`"


def literals(seed: int, name: str):
    threading.Thread(target=ping, args="db2").start()  # expect: thread-args-not-tuple "one argument per character"
    threading.Timer(5, ping, args=("db3")).start()  # expect: thread-args-not-tuple
    threading.Timer(5, ping, (name)).start()  # expect: thread-args-not-tuple "The arguments are no tuple"
    Process(target=ping, args=7).start()  # expect: thread-args-not-tuple "TypeError"
    threading.Thread(target=ping, args=SERVER).start()  # expect: thread-args-not-tuple
    _thread.start_new_thread(ping, (name))  # expect: thread-args-not-tuple
    ThreadPoolExecutor(initializer=ping, initargs=(seed))  # expect: thread-args-not-tuple "`initargs=(seed)`"


def pools(name: str, job):
    with Pool(initializer=ping, initargs=(job)) as pool:  # expect: thread-args-not-tuple
        pool.apply_async(ping, (name))  # expect: thread-args-not-tuple
