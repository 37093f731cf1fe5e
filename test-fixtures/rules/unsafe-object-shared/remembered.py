"""What a cached function or property makes once is there for all threads that ask."""
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache

import pymysql
from sqlalchemy.orm import Session


@lru_cache(maxsize=None)
def library():
    return sqlite3.connect("books.db")


@lru_cache
def open_session():
    return Session()


def new_session():
    return Session()


class Shelf:
    @cached_property
    def connection(self):
        return pymysql.connect(host="shelf")

    def count(self, title):
        with self.connection.cursor() as cursor:  # expect: unsafe-object-shared "`self.connection.cursor`"
            cursor.execute("SELECT count(*) FROM shelf WHERE title = %s", (title,))
            return cursor.fetchone()


class Drawer:
    @cached_property
    def connection(self):
        return pymysql.connect(host="drawer")

    def count(self, title):
        with self.connection.cursor() as cursor:  # ok: unsafe-object-shared
            cursor.execute("SELECT count(*) FROM drawer WHERE title = %s", (title,))
            return cursor.fetchone()


shelf = Shelf()


def look_up(title):
    return library().execute("SELECT * FROM books WHERE title = ?", (title,)).fetchone()  # expect: unsafe-object-shared "`library().execute`"


def lend(title):
    session = open_session()
    session.add(title)  # expect: unsafe-object-shared
    session.commit()


def give_back(title):
    session = new_session()
    session.add(title)  # ok: unsafe-object-shared
    session.commit()


def count_drawer(title):
    return Drawer().count(title)


def main(titles):
    with ThreadPoolExecutor(8) as pool:
        print(list(pool.map(look_up, titles)))
        print(list(pool.map(lend, titles)))
        print(list(pool.map(give_back, titles)))
        print(list(pool.map(shelf.count, titles)))
        print(list(pool.map(count_drawer, titles)))
