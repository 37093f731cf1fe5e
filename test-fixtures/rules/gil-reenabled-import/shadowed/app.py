# settings: target=free-threaded
import lxml  # ok: gil-reenabled-import


def parse(text):
    return lxml.fromstring(text)
