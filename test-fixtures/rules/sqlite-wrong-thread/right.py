"""A connection for each thread, a lock over the transaction, and threads that open their own."""
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

loans = sqlite3.connect("loans.db", check_same_thread=False)
_lock = threading.Lock()
_own = threading.local()


class Archive:
    def __init__(self, path):
        self.path = path
        self.db = None
        threading.Thread(target=self._write).start()

    def _write(self):
        self.db = sqlite3.connect(self.path)
        self._insert()

    def _insert(self):
        self.db.execute("insert into reading values (1)")  # ok: sqlite-wrong-thread
        self.db.commit()  # ok: sqlite-wrong-thread


def connection():
    if not hasattr(_own, "db"):
        _own.db = sqlite3.connect("own.db")
    return _own.db


def lend(book):
    with _lock:
        loans.execute("insert into loan values (?)", (book,))  # ok: sqlite-wrong-thread
        loans.commit()  # ok: sqlite-wrong-thread


def work(book):
    connection().execute("select 1")  # ok: sqlite-wrong-thread
    db = sqlite3.connect("books.db")
    db.execute("select ?", (book,))  # ok: sqlite-wrong-thread
    db.commit()


def main():
    start = sqlite3.connect("start.db")
    start.execute("create table loan (book)")  # ok: sqlite-wrong-thread
    with ThreadPoolExecutor() as pool:
        for book in ("a", "b"):
            pool.submit(lend, book)
            pool.submit(work, book)


main()
