"""The same calls where nobody is disturbed."""
import contextlib
import locale
import os
import random
import signal
import subprocess
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

_state = threading.Lock()


def build(folder):
    subprocess.run(["make"], cwd=folder, env={**os.environ, "KEY": folder})  # ok: process-state-from-thread


def guarded(folder):
    with _state:
        with contextlib.chdir(folder):  # ok: process-state-from-thread
            subprocess.run(["make"])


def ask():
    return locale.setlocale(locale.LC_ALL)  # ok: process-state-from-thread


def simulate(seed):
    generator = random.Random(seed)  # ok: process-state-from-thread
    return generator.random()


def in_process(seed):
    random.seed(seed)  # ok: process-state-from-thread
    os.chdir("/tmp")  # ok: process-state-from-thread


def background():
    random.seed(1)  # ok: process-state-from-thread


def main():
    os.chdir("/srv")  # ok: process-state-from-thread
    signal.signal(signal.SIGTERM, print)  # ok: process-state-from-thread
    threading.Thread(target=background).start()
    with ThreadPoolExecutor() as pool:
        pool.map(build, ["a"])
        pool.map(guarded, ["a"])
        pool.submit(ask)
        pool.map(simulate, [1, 2])
    with ProcessPoolExecutor() as processes:
        processes.map(in_process, [1, 2])


main()
