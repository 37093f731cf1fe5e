"""Connections that a thread, or the object that it works on, was made with."""
import sqlite3
import threading


class Writer(threading.Thread):
    def __init__(self, db, rows):
        super().__init__()
        self.db = db
        self.rows = rows

    def run(self):
        for row in self.rows:
            self.db.execute("insert into town values (?)", row)  # expect: sqlite-wrong-thread


class Cleaner:
    def __init__(self, db):
        self.db = db
        self.thread = threading.Thread(target=self._clean)

    def start(self):
        self.thread.start()

    def _clean(self):
        self.db.execute("delete from town")  # expect: sqlite-wrong-thread

    def count(self):
        return self.db.execute("select count(*) from town")  # ok: sqlite-wrong-thread


class Opened(threading.Thread):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def run(self):
        db = sqlite3.connect(self.path)
        db.execute("vacuum")  # ok: sqlite-wrong-thread


class Storing:
    def __init__(self, db):
        self.db = db

    def loop(self):
        self.db.execute("delete from town")  # expect: sqlite-wrong-thread


class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)
        self.worker = threading.Thread(target=Storing(self.db).loop)

    def start(self):
        self.worker.start()


def main(path, rows):
    Store(path).start()
    db = sqlite3.connect(path)
    Writer(db, rows).start()
    Cleaner(db).start()
    Opened(path).start()
