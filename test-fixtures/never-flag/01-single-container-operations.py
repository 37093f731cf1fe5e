# Never flag 1: one container operation at a time from many threads (append, d[k] = v, out[i] = v, add, append/popleft).
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

results = []
sizes = {}
seen = set()
log = deque(maxlen=1000)
slots = [None] * 100


def fetch(index, url):
    body = url.encode()
    results.append(body)
    sizes[url] = len(body)
    slots[index] = body
    seen.add(url)
    log.append(f"fetched {url}")
    log.appendleft("started")


def drain():
    while True:
        try:
            print(log.popleft())
        except IndexError:
            return


def main(urls):
    with ThreadPoolExecutor(max_workers=8) as pool:
        for index, url in enumerate(urls):
            pool.submit(fetch, index, url)
    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
