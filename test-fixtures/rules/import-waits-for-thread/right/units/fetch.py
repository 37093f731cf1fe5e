"""Waits at import for a thread that imports nothing of this package, and in a script for one that does."""
import threading

rates = {}


def _fetch():
    import json

    rates.update(json.loads("{}"))


def _load():
    from .loader import load

    rates.update(load())


_thread = threading.Thread(target=_fetch)
_thread.start()  # ok: import-waits-for-thread
_thread.join()

if __name__ == "__main__":
    loading = threading.Thread(target=_load)
    loading.start()  # ok: import-waits-for-thread
    loading.join()
