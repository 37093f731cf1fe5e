"""Forks while other threads run."""
import multiprocessing
import os
import pty
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor


def beat():
    print("alive")


class Lease(threading.Thread):
    def run(self):
        beat()


def render(tiles):
    lease = Lease()
    lease.start()
    with multiprocessing.get_context("fork").Pool(4) as pool:  # expect: fork-with-threads "The start method `fork` forks while threads run"
        return pool.map(len, tiles)


def compile_c(path):
    subprocess.run(["gcc", path], preexec_fn=os.setsid)  # expect: fork-with-threads "start_new_session"


def shell():
    pid, terminal = pty.fork()  # expect: fork-with-threads "Several pool threads run `shell`"
    if pid == 0:
        beat()
        os.execvp("sh", ["sh"])
    return terminal


def detach():
    if os.fork():  # expect: fork-with-threads "`main` has started a thread before"
        os._exit(0)


def collect():
    threading.Thread(target=beat, daemon=True).start()


def main():
    collect()
    detach()


with ThreadPoolExecutor() as workers:
    workers.submit(compile_c, "a.c")
    workers.submit(shell)
