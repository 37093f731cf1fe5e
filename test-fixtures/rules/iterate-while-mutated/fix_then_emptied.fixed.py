"""What is stepped through and then emptied: no copy, which would leave out what comes in behind it."""
import threading

papers = []
_papers_lock = threading.Lock()


def add(name):
    with _papers_lock:
        papers.append(name)


def drop(name):
    with _papers_lock:
        papers.remove(name)


def burn():
    with _papers_lock:
        for name in papers:  # expect: iterate-while-mutated
            print(name)
        del papers[:]


for _ in range(2):
    threading.Thread(target=add, args=("a",)).start()
    threading.Thread(target=drop, args=("a",)).start()
    threading.Thread(target=burn).start()
