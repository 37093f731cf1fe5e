"""Starts threads on a function of another module."""
import threading

from shop.worker import run


def main(orders):
    threads = [threading.Thread(target=run, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main([["a"], ["b", "c"]])
