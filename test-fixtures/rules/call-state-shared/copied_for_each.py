"""Each piece of work is a copy of its own."""
from concurrent.futures import ThreadPoolExecutor


class Task:
    def __init__(self, name):
        self.name = name
        self.host = None

    def copy(self):
        return Task(self.name)

    def start(self, host):
        self.host = host  # ok: call-state-shared
        return self.report()

    def report(self):
        return f"{self.name} on {self.host}"


class Errand:
    def __init__(self, name):
        self.name = name
        self.host = None

    def start(self, host):
        self.host = host  # expect: call-state-shared
        return f"{self.name} on {self.host}"


def everywhere(task, hosts):
    with ThreadPoolExecutor() as pool:
        return [pool.submit(task.copy().start, host) for host in hosts]


def once_for_all(hosts):
    errand = Errand("post")
    with ThreadPoolExecutor() as pool:
        return [pool.submit(errand.start, host) for host in hosts]


everywhere(Task("a"), ["b", "c"])
