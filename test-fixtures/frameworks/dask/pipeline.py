"""Dask runs delayed functions in threads unless it is told otherwise."""
import dask

loaded = 0
cleaned = 0


@dask.delayed
def load(path):
    global loaded
    loaded += 1  # expect: nonatomic-update
    return path


def clean(part):
    global cleaned
    cleaned += 1  # expect: nonatomic-update
    return part


def main(paths):
    parts = [dask.delayed(clean)(load(path)) for path in paths]
    return dask.compute(*parts)
