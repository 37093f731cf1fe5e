"""Two threads take from the stock; the number left may come out wrong."""

import threading

taken = 0


def take():
    global taken
    taken += 1


def take_twice():
    first = threading.Thread(target=take)
    second = threading.Thread(target=take)
    first.start()
    second.start()
    first.join()
    second.join()
