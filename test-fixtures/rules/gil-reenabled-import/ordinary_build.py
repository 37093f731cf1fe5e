# settings: target=gil
"""On the ordinary build there is no GIL to bring back: the import is still named, as a note."""
import lxml.etree  # expect: gil-reenabled-import "lxml"


def parse(text):
    return lxml.etree.fromstring(text)
