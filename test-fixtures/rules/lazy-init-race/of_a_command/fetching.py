# settings: profile=library
"""The same for whoever calls it."""
_seen = None


def connect(host):
    global _seen
    if _seen is None:
        _seen = open(host)  # expect: lazy-init-race
    return _seen
