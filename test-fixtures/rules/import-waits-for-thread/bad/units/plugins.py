"""Plug-ins, loaded in a pool."""
import importlib
from concurrent.futures import ThreadPoolExecutor

NAMES = ["upper", "lower"]


def load(name):
    return importlib.import_module(f".{name}", __package__)


with ThreadPoolExecutor() as pool:
    plugins = list(pool.map(load, NAMES))  # expect: import-waits-for-thread
