"""One object for the tasks of all rounds of a loop."""
import threading
from concurrent.futures import ThreadPoolExecutor


class Job:
    name = ""


def render(options):
    print(options)


def one_dict(names):
    options = {"size": 3}
    with ThreadPoolExecutor() as pool:
        for name in names:
            options["name"] = name  # expect: task-argument-reused "is changed while"
            pool.submit(render, options)


def one_object(names):
    job = Job()
    for name in names:
        job.name = name  # expect: task-argument-reused
        threading.Thread(target=render, args=(job,)).start()


def made_each_round(names):
    for name in names:
        options = {}
        options["name"] = name  # ok: task-argument-reused
        threading.Thread(target=render, args=(options,)).start()


def copied(names):
    options = {}
    with ThreadPoolExecutor() as pool:
        for name in names:
            options["name"] = name  # ok: task-argument-reused
            pool.submit(render, dict(options))


def waited_for(names):
    options = {}
    with ThreadPoolExecutor() as pool:
        for name in names:
            options["name"] = name  # ok: task-argument-reused
            pool.submit(render, options).result()


def pool_of_its_own(names):
    options = {}
    for name in names:
        options["name"] = name  # ok: task-argument-reused
        with ThreadPoolExecutor() as pool:
            pool.submit(render, options)


def results(names):
    """What the tasks fill: each round enters another key, and takes nothing away."""
    found = {}
    for name in names:
        found["last"] = 0  # ok: task-argument-reused
        threading.Thread(target=render, args=(found,)).start()


def collected(names):
    threads = {}
    for name in names:
        threads[name] = threading.Thread(target=render, args=(threads,))  # ok: task-argument-reused
        threads[name].start()
