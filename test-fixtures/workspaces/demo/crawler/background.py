"""Threads that do nothing in the background, or not what was meant."""
import functools
import queue
import threading
from concurrent.futures import ThreadPoolExecutor

waiting = queue.Queue()
found = threading.Event()


def visit(url):
    print("visiting", url)


async def visit_slowly(url):
    print("visiting", url)


def start(url):
    threading.Thread(target=visit(url)).start()
    threading.Thread(target=visit, args=(url)).start()
    threading.Thread(target=visit_slowly, args=(url,)).start()
    threading.Thread(target=visit, args=(url,)).run()


def visit_all(urls, robots):
    batch = []
    with ThreadPoolExecutor() as pool:
        for url in urls:
            pool.submit(lambda: visit(url))
            batch.append(url)
            pool.submit(visit, batch)
            batch.clear()
        pool.submit(work)


def work(seen=set()):
    while not waiting.empty():
        url = waiting.get()
        seen.add(url)
        visit(url)


def announce():
    found.set()
    found.clear()


@functools.lru_cache(maxsize=100)
def links(url):
    return [url, url + "/about"]


def sorted_links(url):
    known = links(url)
    known.sort()
    return known


def save():
    if found.is_set():
        return
    found.set()
    print("saving")
    found.clear()


def save_often():
    with ThreadPoolExecutor() as pool:
        pool.submit(save)
        pool.submit(save)
