"""`prefer` says the same as `backend`, on the methods of one object."""
import joblib


class Averages:
    def __init__(self):
        self.sums = {}

    def add(self, name, value):
        self.sums[name] = self.sums.get(name, 0) + value  # expect: nonatomic-update

    def add_all(self, rows):
        joblib.Parallel(n_jobs=-1, prefer="threads")(joblib.delayed(self.add)(*row) for row in rows)
        return dict(self.sums)
