from concurrent.futures import ThreadPoolExecutor

from store import connections
from store.connections import driver


def run(query):
    connections.named("audit").run(query)
    return driver().run(query)


def run_all(queries):
    with ThreadPoolExecutor() as pool:
        return [task.result() for task in [pool.submit(run, query) for query in queries]]
