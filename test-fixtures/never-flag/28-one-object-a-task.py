# Never flag 27: an object that each task makes or takes for itself, called like its class.
import threading
from concurrent.futures import ThreadPoolExecutor


class Job:
    def __init__(self, name):
        self.name = name
        self.steps = 0

    def step(self):
        self.steps += 1


def work(name):
    job = Job(name)
    for _ in range(10):
        job.step()
    return job.steps


def work_all(names):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, names))


def take(jobs):
    for job in jobs:
        job.step()


def one_list_each(groups):
    threads = [threading.Thread(target=take, args=(group,)) for group in groups]
    for thread in threads:
        thread.start()


class Grid:
    """The action of a barrier runs while all others wait there."""

    def __init__(self, cells):
        self.old = list(cells)
        self.new = list(cells)

    def turn(self):
        self.old, self.new = self.new, self.old

    def compute(self, at):
        self.new[at] = self.old[at] + 1


def part(grid, cells, barrier):
    for at in cells:
        grid.compute(at)
        barrier.wait()


def simulate(grid, parts):
    barrier = threading.Barrier(len(parts), action=grid.turn)
    for cells in parts:
        threading.Thread(target=part, args=(grid, cells, barrier)).start()


class Settings:
    """Filled by a helper of `__new__` before anybody has it."""

    _one = None
    _lock = threading.Lock()

    def __new__(cls):
        with cls._lock:
            if cls._one is None:
                settings = super().__new__(cls)
                settings._load()
                cls._one = settings
            return cls._one

    def _load(self):
        self._guard = threading.Lock()
        self._values = {"colour": "blue"}

    def value(self, name):
        with self._guard:
            return self._values[name]

    def change(self, name, value):
        with self._guard:
            self._values[name] = value


def change_all(names):
    with ThreadPoolExecutor() as pool:
        for name in names:
            pool.submit(Settings().change, name, 1)


class LineReader:
    """`reader` is what it reads from, and no `LineReader`."""

    def __init__(self, source):
        self._lock = threading.Lock()
        self.source = source

    def seek(self, to):
        with self._lock:
            return self.source.seek(to)


def read_all(reader, count):
    reader.seek(0)
    lines = LineReader(reader)
    for _ in range(count):
        threading.Thread(target=lines.seek, args=(1,)).start()
