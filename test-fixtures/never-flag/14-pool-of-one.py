# Never flag 14: tasks of a pool with one thread never run beside each other.
from concurrent.futures import ThreadPoolExecutor

writer = ThreadPoolExecutor(max_workers=1)
written = 0
by_name = {}
file = None


def write(name, line):
    global written, file
    if file is None:
        file = open("out.txt", "a")
    file.write(line)
    written += 1
    by_name[name] = by_name.get(name, 0) + 1
    for known in by_name:
        print(known)
    if name in by_name:
        del by_name[name]


class Recorder:
    def __init__(self):
        self._pool = ThreadPoolExecutor(1)
        self._lines = 0
        self._last = {}

    def record(self, line):
        self._pool.submit(self._record, line)

    def _record(self, line):
        self._lines += 1
        if line in self._last:
            self._last.pop(line)
        self._last[line] = self._lines


def main(lines):
    recorder = Recorder()
    for line in lines:
        writer.submit(write, "main", line)
        recorder.record(line)
