"""Objects of libraries that one thread at a time may use."""
import csv
import pickle
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from smtplib import SMTP

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)
session = SessionLocal()
server = SMTP("localhost")


class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)
        self._packer = zlib.compressobj()
        self._pickler = pickle.Pickler(target)

    def add(self, row):
        self._writer.writerow(row)  # expect: unsafe-object-shared "A csv writer is not thread-safe"
        self._packer.compress(row)  # expect: unsafe-object-shared

    def dump(self, row):
        self._pickler.dump(row)  # expect: unsafe-object-shared


def store(member):
    session.add(member)  # expect: unsafe-object-shared "Open a session for each task"
    session.commit()


def mail(text):
    server.sendmail("a", "b", text)  # expect: unsafe-object-shared "An SMTP connection"


def finish():
    server.sendmail("a", "b", "end")


report = Report(open("report.csv", "w"))
threading.Thread(target=mail, args=("x",)).start()
with ThreadPoolExecutor() as pool:
    for number in range(5):
        pool.submit(report.add, [number])
        pool.submit(report.dump, [number])
        pool.submit(store, number)
finish()
