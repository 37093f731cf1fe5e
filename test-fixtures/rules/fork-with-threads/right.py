"""Forks before the threads, other start methods, and children that only exec."""
import multiprocessing
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor


def beat():
    print("alive")


def render(tiles):
    threading.Thread(target=beat).start()
    with multiprocessing.get_context("spawn").Pool(4) as pool:  # ok: fork-with-threads
        return pool.map(len, tiles)


def waits(tiles):
    thread = threading.Thread(target=beat)
    thread.start()
    thread.join()
    with multiprocessing.get_context("fork").Pool(4) as pool:  # ok: fork-with-threads
        return pool.map(len, tiles)


def detach():
    if os.fork():  # ok: fork-with-threads
        os._exit(0)


def main():
    detach()
    threading.Thread(target=beat).start()


def run(path):
    subprocess.run(["gcc", path], start_new_session=True)  # ok: fork-with-threads
    subprocess.run(["gcc", path], preexec_fn=None)  # ok: fork-with-threads


def shell():
    if os.fork() == 0:  # ok: fork-with-threads
        os.execvp("sh", ["sh"])


with ThreadPoolExecutor() as workers:
    workers.submit(run, "a.c")
    workers.submit(shell)
