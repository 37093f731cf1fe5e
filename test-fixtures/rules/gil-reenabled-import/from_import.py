# settings: target=both
"""`from` imports of a submodule load the package too."""
from lxml import etree as parser  # expect: gil-reenabled-import "lxml"
from regex import compile as compiled  # ok: gil-reenabled-import


def parse(text):
    return parser.fromstring(text), compiled("a")
