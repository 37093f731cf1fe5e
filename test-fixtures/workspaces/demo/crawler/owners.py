"""Things that belong to one thread or to the whole process, in the hands of several."""
import asyncio
import csv
import multiprocessing
import os
import sqlite3
import subprocess
import sys
import threading
import tkinter as tk
from concurrent.futures import ThreadPoolExecutor

pages = multiprocessing.Value("i", 0)
local = threading.local()
local.depth = 0


def numbers():
    number = 0
    while True:
        yield number
        number += 1


ids = numbers()


class Window:
    def __init__(self):
        self.root = tk.Tk()
        self.status = tk.Label(self.root)
        self.ready = asyncio.Event()
        self.book = sqlite3.connect("pages.db")
        threading.Thread(target=self.watch).start()

    def watch(self):
        self.status.config(text="crawling")
        self.ready.set()
        self.book.execute("insert into page values (1)")


class Report:
    rows = []

    def __init__(self):
        self.writer = csv.writer(sys.stdout)

    def add(self, url):
        self.rows.append(url)
        self.writer.writerow([next(ids), url])


def save(url):
    os.chdir("/tmp")
    subprocess.run(["wget", url], preexec_fn=os.setsid)
    pages.value += 1
    return local.depth


def crawl(urls):
    report = Report()
    with ThreadPoolExecutor() as pool:
        for url in urls:
            pool.submit(report.add, url)
            pool.submit(save, url)
