"""The same as counter.py, done right: nothing to report here."""

import threading

_lock = threading.Lock()
visits = 0


def visit():
    global visits
    with _lock:
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
