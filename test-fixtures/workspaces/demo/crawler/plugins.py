"""Plug-ins that are loaded while this module is imported, and a log that nobody waits for."""
import importlib
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

log = queue.Queue()


def load(name):
    return importlib.import_module(f".{name}", __package__)


def write():
    with open("crawl.txt", "w") as target:
        while True:
            target.write(log.get())


threading.Thread(target=write, daemon=True).start()
with ThreadPoolExecutor() as pool:
    plugins = list(pool.map(load, ["robots", "sitemap"]))
