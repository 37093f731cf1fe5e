# settings: target=free-threaded
"""Nothing says that the project installs it, so it may well be built from source."""
try:
    import orjson as json  # ok: not-importable-on-free-threaded
except ImportError:
    import json  # ok: not-importable-on-free-threaded


def parse(text):
    return json.loads(text)
