# settings: target=both
"""What a process has for itself is wanted."""
import os
from concurrent.futures import ProcessPoolExecutor

table = None


def load(path):
    global table
    table = path.split()


def look_up(key):
    return table.index(key)


def build(folder):
    os.chdir(folder)
    return len(folder)


def main(keys):
    with ProcessPoolExecutor(initializer=load, initargs=("a b",)) as pool:
        print(list(pool.map(look_up, keys)))  # ok: processes-could-be-threads
    with ProcessPoolExecutor() as pool:
        print(list(pool.map(build, keys)))  # ok: processes-could-be-threads
