"""Connections that travel between threads."""
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

orders = sqlite3.connect("orders.db")
loans = sqlite3.connect("loans.db", check_same_thread=False)


class Archive:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.writer = threading.Thread(target=self._write)
        self.writer.start()

    def _write(self):
        with self.db:
            self.db.execute("insert into reading values (1)")  # expect: sqlite-wrong-thread "`self.db` was opened in another thread"
        self.db.close()


def order(number):
    orders.execute("insert into orders values (?)", (number,))  # expect: sqlite-wrong-thread "raises sqlite3.ProgrammingError"


def lend(book):
    loans.execute("insert into loan values (?)", (book,))
    loans.commit()  # expect: sqlite-wrong-thread "may end the transaction of another thread"


def report(path):
    db = sqlite3.connect(path)

    def rows():
        return db.execute("select * from reading").fetchall()  # expect: sqlite-wrong-thread

    thread = threading.Thread(target=rows)
    thread.start()
    thread.join()


with ThreadPoolExecutor() as pool:
    for number in range(5):
        pool.submit(order, number)
        pool.submit(lend, number)
