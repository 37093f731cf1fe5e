# settings: target=free-threaded
"""Imports of packages whose newest known version brings the GIL back, and of those that do not."""
import json  # ok: gil-reenabled-import
from typing import TYPE_CHECKING

import lxml.etree  # expect: gil-reenabled-import "lxml"
import numpy  # ok: gil-reenabled-import
import requests  # ok: gil-reenabled-import
import yaml  # ok: gil-reenabled-import

if TYPE_CHECKING:
    import ibm_db  # ok: gil-reenabled-import


def titles(text):
    tree = lxml.etree.fromstring(text)
    return json.dumps([yaml.safe_dump(node.text) for node in tree]), numpy, requests
