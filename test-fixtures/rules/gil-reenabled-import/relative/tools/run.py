from . import lxml  # ok: gil-reenabled-import
from .lxml import parse  # ok: gil-reenabled-import


def run(text):
    return parse(text), lxml.parse(text)
