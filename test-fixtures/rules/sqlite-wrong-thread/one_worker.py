"""A pool of one worker opens the database and does all that is done with it."""
import sqlite3
from concurrent.futures import ThreadPoolExecutor


class Notes:
    def __init__(self, path):
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._worker.submit(self._open, path).result()

    def _open(self, path):
        self._db = sqlite3.connect(path)
        self._count = 0

    def _add(self, text):
        self._db.execute("insert into note values (?)", (text,))  # ok: sqlite-wrong-thread
        self._count += 1  # ok: nonatomic-update

    def _drop(self, text):
        self._db.execute("delete from note where text = ?", (text,))  # ok: sqlite-wrong-thread
        self._count -= 1  # ok: nonatomic-update

    def add(self, text):
        return self._worker.submit(self._add, text)

    def drop(self, text):
        return self._worker.submit(self._drop, text)
