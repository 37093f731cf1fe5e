"""Counts visits in several threads: the update is lost when two threads make it at once."""

import threading

_lock = threading.Lock()
visits = 0


def visit():
    global visits
    visits += 1


def main():
    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(visits)


if __name__ == "__main__":
    main()
