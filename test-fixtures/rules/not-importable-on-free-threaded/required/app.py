# settings: target=free-threaded
"""The project requires a package that has no wheel for free-threaded Python."""
import orjson  # expect: not-importable-on-free-threaded "orjson"
import requests  # ok: not-importable-on-free-threaded


def fetch(url):
    return orjson.loads(requests.get(url).content)
