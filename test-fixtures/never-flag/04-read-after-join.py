# Never flag 4: what is read, iterated or counted only after join, result or the end of the pool.
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed


def collect(urls):
    found = {}
    errors = []

    def work(url):
        try:
            found[url] = len(url)
        except ValueError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for url, size in found.items():
        print(url, size)
    if errors:
        print(errors[0])
    return sum(found.values())


def collect_in_pool(urls):
    found = {}
    total = 0

    def work(url):
        found[url] = len(url)
        return len(url)

    with ThreadPoolExecutor() as pool:
        tasks = [pool.submit(work, url) for url in urls]
        for task in as_completed(tasks):
            total += task.result()
    for url in found:
        total += len(url)
    if "first" in found:
        del found["first"]
    return total


class Batch:
    def __init__(self, items):
        self._items = items
        self._done = {}
        self._count = 0

    def _work(self):
        for item in self._items:
            self._done[item] = True

    def run(self):
        worker = threading.Thread(target=self._work)
        worker.start()
        worker.join()
        for item in self._done:
            self._count += 1
            print(item)
        return self._count
