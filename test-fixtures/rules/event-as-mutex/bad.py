"""Events that should keep other threads out."""
import threading
from concurrent.futures import ThreadPoolExecutor

busy = threading.Event()


def backup():
    if busy.is_set():
        return False
    busy.set()  # expect: event-as-mutex "Two threads can both find `busy` clear"
    try:
        print("copying")
    finally:
        busy.clear()
    return True


class Printer:
    def __init__(self):
        self._printing = threading.Event()

    def print_page(self, page):
        while self._printing.is_set():
            pass
        self._printing.set()  # expect: event-as-mutex
        print(page)
        self._printing.clear()


printer = Printer()
with ThreadPoolExecutor() as pool:
    for page in ("a", "b"):
        pool.submit(backup)
        pool.submit(printer.print_page, page)
