"""Module-level containers, tested and changed by threads."""
import threading

seen = set()
names = []
pending = {}
lock = threading.Lock()


def visit(url):
    if url in seen:
        return
    names.append(url)  # ok: check-then-act


def unique(name):
    if name not in names:
        names.append(name)  # expect: check-then-act "names"


def forget(url):
    if url in seen:
        seen.remove(url)  # expect: check-then-act "seen"


def take(url):
    if pending.get(url):
        del pending[url]  # expect: check-then-act "pending"


def take_guarded(url):
    with lock:
        if pending.get(url):
            del pending[url]  # ok: check-then-act


def start(urls):
    for url in urls:
        pending[url] = True
        seen.add(url)
    for url in urls:
        threading.Thread(target=visit, args=(url,)).start()
        threading.Thread(target=unique, args=(url,)).start()
        threading.Thread(target=forget, args=(url,)).start()
        threading.Thread(target=take, args=(url,)).start()
        threading.Thread(target=take_guarded, args=(url,)).start()
