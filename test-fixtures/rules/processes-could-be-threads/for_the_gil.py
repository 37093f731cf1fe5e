# settings: target=gil
"""With the GIL threads would take turns."""
from concurrent.futures import ProcessPoolExecutor


def count(text):
    return len(text.split())


def main(texts):
    with ProcessPoolExecutor() as pool:
        print(list(pool.map(count, texts)))  # ok: processes-could-be-threads
