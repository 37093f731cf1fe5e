"""The lock of a variable that each call makes anew is made beside it, in the same call."""
import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Thread


def count_words(texts):
    words = 0

    def work(text):
        nonlocal words
        for _ in text.split():
            words += 1  # expect: nonatomic-update "words"

    with ThreadPoolExecutor(max_workers=4) as pool:
        for text in texts:
            pool.submit(work, text)
    return words


def tally(texts):
    seen = {}

    def work(text):
        for word in text.split():
            seen[word] = seen.get(word, 0) + 1  # expect: nonatomic-update "seen"

    workers = [Thread(target=work, args=(text,)) for text in texts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return seen


def in_rounds(rounds):
    for _ in range(rounds):
        done = 0

        def work():
            nonlocal done
            done += 1  # expect: nonatomic-update "done"

        for _ in range(4):
            Thread(target=work).start()
    return done


def with_the_lock_that_is_there(boxes):
    left = len(boxes)
    lock = threading.Lock()

    def packed():
        nonlocal left
        with lock:
            left -= 1

    def dropped():
        nonlocal left
        left -= 1  # expect: nonatomic-update "left"

    for step in (packed, dropped):
        Thread(target=step).start()
    return left
