"""What is handed to the pool comes from outside: its future is waited for all the same."""
from concurrent.futures import ThreadPoolExecutor


class Converter:
    def __init__(self, convert):
        self.convert = convert
        self.pool = ThreadPoolExecutor(4)
        self.files = ThreadPoolExecutor(4)

    def folder(self, paths):
        jobs = [self.pool.submit(self.convert, path) for path in paths]
        return [job.result() for job in jobs]  # expect: pool-self-wait "waits for work of the pool"

    def other_folder(self, paths):
        jobs = [self.files.submit(self.convert, path) for path in paths]
        return [job.result() for job in jobs]  # ok: pool-self-wait

    def tree(self, folders):
        return list(self.pool.map(self.folder, folders))

    def other_tree(self, folders):
        return list(self.pool.map(self.other_folder, folders))

    def alone(self, paths):
        jobs = [self.pool.submit(self.convert, path) for path in paths]
        return [job.result() for job in jobs]  # ok: pool-self-wait
