"""`with` instead of acquire and release."""
import json
import threading

_lock = threading.Lock()
_cache = {}


def load(raw):
    with _lock:  # expect: acquire-no-finally
        data = json.loads(raw)
        # Kept for the next one.
        _cache[raw] = data
    return data
