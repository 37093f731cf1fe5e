"""A connection that is handed to a thread as an argument."""
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor


def count(database, shelf):
    return database.execute("SELECT count(*) FROM books WHERE shelf = ?", (shelf,)).fetchone()  # expect: sqlite-wrong-thread


def inventory(shelves):
    database = sqlite3.connect("books.db")
    with ThreadPoolExecutor(4) as pool:
        return [pool.submit(count, database, shelf) for shelf in shelves]


def sweep(database):
    database.execute("DELETE FROM books WHERE lost")  # expect: sqlite-wrong-thread


def sweep_later():
    database = sqlite3.connect("books.db")
    sweeper = threading.Thread(target=sweep, args=(database,))
    sweeper.start()
    sweeper.join()


def count_in(path, shelf):
    database = sqlite3.connect(path)
    return database.execute("SELECT count(*) FROM books WHERE shelf = ?", (shelf,)).fetchone()  # ok: sqlite-wrong-thread


def inventory_by_path(path, shelves):
    with ThreadPoolExecutor(4) as pool:
        return [pool.submit(count_in, path, shelf) for shelf in shelves]
