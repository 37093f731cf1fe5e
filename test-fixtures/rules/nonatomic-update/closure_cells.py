"""A nested worker that updates a variable of the function around it."""
import threading
from concurrent.futures import ThreadPoolExecutor


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


def count_words_guarded(texts):
    words = 0
    words_lock = threading.Lock()

    def work(text):
        nonlocal words
        for _ in text.split():
            with words_lock:
                words += 1  # ok: nonatomic-update

    with ThreadPoolExecutor(max_workers=4) as pool:
        for text in texts:
            pool.submit(work, text)
    return words


def count_words_merged(texts):
    def work(text):
        mine = 0
        for _ in text.split():
            mine += 1  # ok: nonatomic-update
        return mine

    with ThreadPoolExecutor(max_workers=4) as pool:
        words = 0
        for part in pool.map(work, texts):
            words += part  # ok: nonatomic-update
    return words
