"""Sessions that several threads were made with, or one while its maker goes on."""
import csv
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine("sqlite://")


class Saver(threading.Thread):
    def __init__(self, session, rows):
        super().__init__()
        self.session = session
        self.rows = rows

    def run(self):
        for row in self.rows:
            self.session.add(row)  # expect: unsafe-object-shared "`self.session.add` is called while another thread goes on using the object"


class Job:
    def __init__(self, session, row):
        self.session = session
        self.row = row

    def work(self):
        self._store()

    def _store(self):
        self.session.merge(self.row)  # expect: unsafe-object-shared


class Log(threading.Thread):
    def __init__(self, writer):
        super().__init__()
        self.writer = writer

    def run(self):
        self.writer.writerow(["started"])  # expect: unsafe-object-shared


class Alone(threading.Thread):
    def __init__(self, session):
        super().__init__()
        self.session = session

    def run(self):
        self.session.commit()  # ok: unsafe-object-shared


class Locked(threading.Thread):
    def __init__(self, session, lock):
        super().__init__()
        self.session = session
        self.lock = lock

    def run(self):
        with self.lock:
            self.session.commit()  # ok: unsafe-object-shared


class Each(threading.Thread):
    def __init__(self, session):
        super().__init__()
        self.session = session

    def run(self):
        self.session.commit()  # ok: unsafe-object-shared


def save(chunks):
    session = Session(engine)
    savers = [Saver(session, chunk) for chunk in chunks]
    for saver in savers:
        saver.start()


def work(rows):
    session = Session(engine)
    with ThreadPoolExecutor() as pool:
        for row in rows:
            pool.submit(Job(session, row).work)


def log(target):
    writer = csv.writer(target)
    Log(writer).start()
    writer.writerow(["begun"])


def alone():
    session = Session(engine)
    Alone(session).start()


def locked():
    session = Session(engine)
    lock = threading.Lock()
    for _ in range(3):
        Locked(session, lock).start()


def each(chunks):
    for chunk in chunks:
        session = Session(engine)
        session.add_all(chunk)
        Each(session).start()
