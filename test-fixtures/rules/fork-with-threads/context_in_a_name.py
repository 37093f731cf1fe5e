"""The context is chosen first and kept; its processes come when threads run."""
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor

forking = multiprocessing.get_context("fork")
spawning = multiprocessing.get_context("spawn")


def beat():
    while True:
        pass


def late(rows):
    context = multiprocessing.get_context("fork")
    threading.Thread(target=beat, daemon=True).start()
    with context.Pool(4) as pool:  # expect: fork-with-threads "`context.Pool(…)` with the start method `fork`"
        return pool.map(len, rows)


def executor(rows):
    threading.Thread(target=beat, daemon=True).start()
    with ProcessPoolExecutor(mp_context=forking) as pool:  # expect: fork-with-threads
        return list(pool.map(len, rows))


def early(rows):
    context = multiprocessing.get_context("fork")
    with context.Pool(4) as pool:  # ok: fork-with-threads
        threading.Thread(target=beat, daemon=True).start()
        return pool.map(len, rows)


def spawned(rows):
    threading.Thread(target=beat, daemon=True).start()
    with spawning.Pool(4) as pool:  # ok: fork-with-threads
        return pool.map(len, rows)
