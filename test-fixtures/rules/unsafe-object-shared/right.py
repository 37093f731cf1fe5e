"""The same objects, one for each thread or behind a lock."""
import csv
import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

engine = create_engine("sqlite://")
SessionLocal = sessionmaker(engine)
shared = scoped_session(SessionLocal)
at_start = SessionLocal()


class Report:
    def __init__(self, target):
        self._writer = csv.writer(target)
        self._lock = threading.Lock()
        self._writer.writerow(["number"])  # ok: unsafe-object-shared

    def add(self, row):
        with self._lock:
            self._writer.writerow(row)  # ok: unsafe-object-shared


def store(member):
    with SessionLocal() as session:
        session.add(member)  # ok: unsafe-object-shared
    shared.add(member)  # ok: unsafe-object-shared


def export(rows):
    with open("rows.csv", "w") as target:
        writer = csv.writer(target)
        for row in rows:
            writer.writerow(row)  # ok: unsafe-object-shared


at_start.add("first")  # ok: unsafe-object-shared
report = Report(open("report.csv", "w"))
with ThreadPoolExecutor() as pool:
    for number in range(5):
        pool.submit(report.add, [number])
        pool.submit(store, number)
        pool.submit(export, [number])
