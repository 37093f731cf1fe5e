"""The rates are loaded while the package is imported."""
import threading

rates = {}


def _load():
    from .loader import load

    rates.update(load())


_thread = threading.Thread(target=_load)
_thread.start()  # expect: import-waits-for-thread "Importing `units` waits for a thread that imports from it"
_thread.join()
